"""The rule that text is never markup, read off the source: see `violations`."""

import ast
from collections.abc import Iterator
from pathlib import Path

_MARKUP_WIDGETS = {
    *("Static", "Label", "Button", "Link", "Toast", "OptionList"),
    *("SelectionList", "Digits", "Log", "RichLog"),
}
"""Widgets that read strings as markup unless they are told `markup=False`."""

_WITHOUT_SWITCH = {
    *(
        "Checkbox",
        "RadioButton",
        "Option",
        "Selection",
        "Tab",
        "TabPane",
        "Collapsible",
        "Tree",
        "Hit",
        "DiscoveryHit",
    ),
    *("add_option", "add_options", "add_row", "add_rows", "add_column", "add_columns"),
    *("add_tab", "add_leaf", "set_label", "replace_option_prompt"),
}
"""What shows a string as markup and cannot be told not to: it must be given Content."""

_NAMES_ONLY = {"Log", "Digits"}
_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "placeholder", "label", "title"}
_READERS = {"from_markup", "escape_markup"}
_PLAIN_PARTS = {"id", "value", "classes", "name", "disabled", "key", "variant", "markup"}


def violations(source: str) -> list[str]:
    """Return what in a module could show text from outside as markup, `line: what to do` each."""
    tree = ast.parse(source)
    return [f"{line}: {what}" for line, what in sorted(set(_found(tree)))]


def in_folder(folder: Path) -> list[str]:
    """Return the violations in all modules of a folder."""
    return [
        f"{path.relative_to(folder)}:{found}"
        for path in sorted(folder.rglob("*.py"))
        for found in violations(path.read_text(encoding="utf-8"))
    ]


def _found(tree: ast.AST) -> Iterator[tuple[int, str]]:
    ours = _ours(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call() if _name(node.func) not in ours:
                yield from _of_call(node, _name(node.func))
            case ast.ClassDef() if {_name(base) for base in node.bases} & _MARKUP_WIDGETS:
                yield from _of_subclass(node)
            case (
                ast.Assign(targets=[ast.Attribute(attr=attribute)])
                | ast.AnnAssign(target=ast.Attribute(attr=attribute))
            ) if attribute in _ATTRIBUTES and node.value and not _is_safe(node.value):
                yield node.lineno, f"{attribute} needs Content(…)"


def _ours(tree: ast.AST) -> set[str]:
    """Names that another module of the program defines, and answers for."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("moa_tui")
        for alias in node.names
    }


def _of_call(call: ast.Call, name: str) -> Iterator[tuple[int, str]]:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    markup = keywords.get("markup")
    if isinstance(markup, ast.Constant) and markup.value is True:
        yield call.lineno, "markup=True reads text as markup"
    if name in _READERS:
        yield call.lineno, f"{name} reads text as markup"
    told = isinstance(markup, ast.Constant) and markup.value is False
    if not told and (name in _MARKUP_WIDGETS - _NAMES_ONLY or name == "notify"):
        yield call.lineno, f"{name} needs markup=False"
    given = [keywords[key] for key in keywords.keys() & (_ATTRIBUTES - {"title"})]
    if name in _WITHOUT_SWITCH:
        others = [value for key, value in keywords.items() if key not in _PLAIN_PARTS]
        given += [*call.args, *others]
    if name != "Binding" and any(not _is_safe(value) for value in given):
        yield call.lineno, f"{name} needs Content(…)"


def _of_subclass(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """A widget of our own tells the one it is made from that its text is no markup."""
    inits = [
        call
        for method in node.body
        if isinstance(method, ast.FunctionDef)
        for call in ast.walk(method)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
    ]
    for call in inits:
        if not any(
            keyword.arg == "markup" and ast.unparse(keyword.value) == "False"
            for keyword in call.keywords
        ):
            yield call.lineno, f"{node.name} needs markup=False"
    if not inits:
        yield node.lineno, f"{node.name} needs an __init__ with markup=False"


def _is_safe(value: ast.AST) -> bool:
    """Whether `value` is Content, a callable's own business, or a text written here."""
    match value:
        case ast.Constant(value=str(text)):
            return "[" not in text
        case ast.Constant() | ast.Lambda():
            return True
        case ast.Call():
            return ast.unparse(value.func).partition(".")[0] in {"Content", "Text", "partial"}
        case ast.IfExp():
            return _is_safe(value.body) and _is_safe(value.orelse)
        case ast.Name():
            return value.id.isupper()  # a constant of ours
        case ast.List() | ast.Tuple():
            return all(map(_is_safe, value.elts))
    return False


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.Subscript():
            return _name(node.value)
    return ""
