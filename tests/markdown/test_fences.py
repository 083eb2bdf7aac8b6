"""Fences: what one leaves open, and what one holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from moa_tui.markdown.fences import closed, lengthened, unwrapped
from moa_tui.ui.text.code_blocks import code_blocks

LINES = st.sampled_from(
    [
        *("```", "```py", "```md", "````", "~~~", "~~~~ x", "  ```", "- ```", "    ```", "```a`b"),
        *(
            "x",
            "",
            "# y",
            "<!-- c",
            "-->",
            "<pre>",
            "<details>",
            "<?x",
            "<!D",
            "> ```",
            "1. ```py",
            "   ```",
        ),
    ]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@given(TEXTS)
def test_what_follows_a_closed_text_is_not_part_of_it(text: str) -> None:
    after = f"{closed(text)}\n\n## After\n"
    headings = [
        after.split("\n")[token.map[0]]
        for token in MarkdownIt("commonmark").parse(after)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]
    assert headings[-1:] == ["## After"]
    assert closed(closed(text)) == closed(text)
    assert closed(text).startswith(text.rstrip("\n"))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("```py\nx", "\n```"),
        ("````\n```\nx", "\n````"),
        ("~~~\n```\n", "\n~~~"),
        ("<!-- b", "\n-->"),
        ("a\n\n<script>\nb", "\n</script>"),
        ("<pre>", "\n</pre>"),
        ("a <details>\n<summary>b", "\n\n</details>"),
        ("a <!-- b", ""),
        ("```\nx\n```", ""),
        ("`<!--` and ```` ``` ````", ""),
        ("plain\n\n", ""),
    ],
)
def test_it_is_closed_by_what_opened_it(text: str, end: str) -> None:
    assert closed(text) == (text.rstrip("\n") + end if end else text)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("```py\nx = 1\n\n\ty\n```", ["x = 1\n\n\ty\n"]),
        ("a\n```md\n# T\n```py\nx\n```\n\nmore\n```\nb", ["# T\n```py\nx\n```\n\nmore\n"]),
        ("````\n```\nx\n```\n````", ["```\nx\n```\n"]),
        ("~~~\n```\nx\n~~~", ["```\nx\n"]),
        ("1. a\n   ```sh\n   ls \\\n     -l\n   ```\n2. b", ["ls \\\n  -l\n"]),
        ("```py\nnever closed", ["never closed\n"]),
        ("```py\na\n```\n```py\nb\n```", ["a\n", "b\n"]),
        ("```markdown\n# T\n```", ["# T\n"]),
        ("    indented\n      more", ["indented\n  more"]),
    ],
)
def test_a_block_is_copied_whole_and_as_it_is(text: str, blocks: list[str]) -> None:
    assert [block.code.rstrip("\n") for block in code_blocks(text)] == [
        block.rstrip("\n") for block in blocks
    ]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("```markdown\n# T\n```", "# T"),
        ("\n```md\nx\n```py\ny\n```\nz\n```\n", "x\n```py\ny\n```\nz"),
        ("~~~markdown\n```\nx\n```\n~~~", "```\nx\n```"),
        ("```markdown\nstill coming", "still coming"),
    ],
)
def test_an_answer_in_one_fence_of_markdown_is_what_is_in_it(text: str, inside: str) -> None:
    assert unwrapped(text) == inside


@pytest.mark.parametrize(
    "text",
    [
        "```py\nx\n```",
        "```md\na\n```\nand then",
        "Before\n```md\na\n```",
        "```md\na\n```\n```md\nb\n```",
        "",
    ],
)
def test_any_other_answer_stays_as_it_is(text: str) -> None:
    assert unwrapped(text) == text


@given(TEXTS)
def test_longer_fences_change_no_other_line(text: str) -> None:
    before, after = text.split("\n"), lengthened(text).split("\n")
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert old == new or new.replace("`", "").replace("~", "") == old.replace("`", "").replace(
            "~", ""
        )
