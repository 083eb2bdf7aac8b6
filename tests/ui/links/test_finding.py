"""Links of texts: what is one, where it leads, what a person is told about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.ui.links.address import LONGEST, address_in
from moa_tui.ui.links.finding import MOST, links_in
from tests.hostile_texts import PAYLOADS, shapes

SHAPES = shapes()


def urls(text: str) -> list[str]:
    return [link.address.url for link in links_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://a.example/x(y)z), or <http://b.example>.", ["https://a.example/x(y)z"]),
        ('[x](https://a.example/a_(b) "title")', ["https://a.example/a_(b)"]),
        ("[x](<https://a.example/?a=1&amp;b=2>)", ["https://a.example/?a=1&b=2"]),
        ("![picture](http://img.example/p.png)", ["http://img.example/p.png"]),
        ("[![a](http://img.example/p)](https://a.example/)", ["http://img.example/p"]),
        ("[r]: https://d.example/\\_x\n", ["https://d.example/_x"]),
        ("**https://a.example/b**, `https://c.example`", ["https://a.example/b"]),
        ("```\ncurl https://a.example/x.sh | sh\n```", ["https://a.example/x.sh"]),
        ("看 https://a.example，然后", ["https://a.example"]),
        ("HTTPS://A.Example/B and https://a.example/B", ["https://a.example/B"]),
        ("https://a.example/ü?q=東京#é", ["https://a.example/%C3%BC?q=%E6%9D%B1%E4%BA%AC#%C3%A9"]),
        ("https://a.example:8443/%41", ["https://a.example:8443/%41"]),
    ],
)
def test_links_are_found(text: str, found: list[str]) -> None:
    assert urls(text)[:1] == found


def test_they_come_in_order_once_and_no_more_than_can_be_shown() -> None:
    text = "https://b.example [x](https://a.example) <https://b.example> https://c.example"
    assert urls(text) == ["https://b.example", "https://a.example", "https://c.example"]
    assert len(urls(" ".join(f"https://a.example/{n}" for n in range(1000)))) == MOST


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert(1)) [a](JaVaScRiPt:alert(1)) [a](data:text/html,x)",
        "[a](vscode://x) [a](ssh://-oProxyCommand=x) [a](file:///etc/passwd) <ftp://a.example>",
        "[a](--help) [a](-x) [a](../../etc/passwd) [a](/etc/passwd) [a](//a.example) [a](a.b)",
        "[a](mailto:a@b.example) [a](tel:1) [a](http:a.example) [a](http:/a.example)",
        "http:///a.example http://?a http://#a http://:80/ http://@/ http://a@/ http://.",
        "http://a.example:99999/ http://a.example:x/ http://[::1 http://[x]/ http://[::1%25eth0]/",
        "http://exa%6dple.com/ http://-a.example/ http://a..example/ http://ex／ample.com",
        "[a](http://good.example\\\\@evil.example)",
        "[a](http://a.example/&#10;x) [a](http://a.example/&#x9;) [a](&#x202e;http://a.example)",
        "[a](http://a.example/&#x200b;) [a](http://a&#x2028;b.example/) [a](http://a&nbsp;b.example)",
        "http://" + "a" * 64 + ".example.ü/ http://" + "a." * 200 + "example",
        f"https://a.example/{'x' * LONGEST}{'ü' * 10}",
        "xhttp://a.example",
    ],
)
def test_nothing_else_is_a_link(text: str) -> None:
    assert urls(text) == []


@pytest.mark.parametrize(
    ("text", "url", "told"),
    [
        ("http://a.example:x@evil.example/", "http://a.example:x@evil.example/", "evil.example"),
        ("http://a@b@c.example/", "http://a@b@c.example/", "host is c.example"),
        ("https://аррӏе.com/", "https://xn--80ak6aa92e.com/", "written аррӏе.com"),
        ("https://straße.de", "https://xn--strae-oqa.de", "written straße.de"),
        ("[x](https://ａ。example)", "https://a.example", "written ａ。example"),
        ("https://xn--80ak6aa92e.com", "https://xn--80ak6aa92e.com", "not ASCII"),
        ("http://2130706433/", "http://2130706433/", "is a number"),
        ("http://0x7f.1/", "http://0x7f.1/", "is a number"),
        ("http://[::1]:80/", "http://[::1]:80/", "is a number"),
        ("[https://bank.example](https://evil.example)", "https://evil.example", "says bank.exam"),
        ("[bank.com/login](https://evil.example)", "https://evil.example", "says bank.com"),
        ("[bank.de](https://evil.example)", "https://evil.example", "says bank.de"),
        ("[bank.co.uk](https://evil.example)", "https://evil.example", "says bank.co.uk"),
        ("[bank.io/pay](https://evil.example)", "https://evil.example", "says bank.io"),
        ("[my.bank](https://evil.example)", "https://evil.example", "says my.bank"),
        ("[bank.sh](https://evil.example)", "https://evil.example", "says bank.sh"),
        ("[банк.рф](https://evil.example)", "https://evil.example", "says xn--"),
        ("[go to **bank.eu**.](https://evil.example)", "https://evil.example", "says bank.eu"),
        ("[bank.com](https://bank.com.evil.example)", "https://bank.com.evil.example", "it leads"),
    ],
)
def test_what_may_deceive_is_told(text: str, url: str, told: str) -> None:
    (link,) = links_in(text)
    assert link.address.url == url
    assert any(told in warning for warning in link.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example",
        "[see](https://a.example/b)",
        "[1.2](http://a.b)",
        "[README.md](https://git.example/x)",
        "[bank.com](https://www.bank.com/)",
        "[Node.js](https://nodejs.org)",
        "[install.sh](https://git.example/raw/install.sh)",
        "[main.py and lib.rs, v1.2 e.g.](https://git.example/x)",
        "[os.path, numpy.array](https://docs.example/x)",
        "[a.example is bank.de](https://bank.de/a)",
    ],
)
def test_nothing_is_told_about_ordinary_links(text: str) -> None:
    (link,) = links_in(text)
    assert link.warnings == ()


def is_sound(url: str) -> bool:
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    again = address_in(url)
    return plain and url.startswith(("http://", "https://")) and bool(again and again.url == url)


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_any_shape_is_looked_through(text: str) -> None:
    assert all(map(is_sound, urls(text)))


def test_hostile_texts_bring_nothing_but_addresses() -> None:
    for payload in PAYLOADS.values():
        for text in (
            f"http://a.example/{payload}",
            f"[x](http://{payload}/)",
            f"<http://{payload}>",
        ):
            assert all(map(is_sound, urls(text)))


PIECES = st.sampled_from(
    [
        *(
            "http://",
            "https://",
            "HTTP:",
            "//",
            "/",
            "\\",
            "@",
            ":",
            "80",
            "[",
            "]",
            "(",
            ")",
            "<",
            ">",
        ),
        *(
            "a.example",
            "evil",
            ".",
            "。",
            "ü",
            "ß",
            "％",
            "%2f",
            "%",
            "?",
            "#",
            "&",
            "&#10;",
            "&#x5c;",
        ),
        *(
            "::1",
            "xn--",
            "-",
            "_",
            "!",
            " ",
            "\n",
            "\x00",
            "\u202e",
            "\u200b",
            "／",
            "＠",
            "[x](",
            "[x]: ",
        ),
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60))
def test_whatever_is_found_can_be_given_to_a_browser(text: str) -> None:
    assert all(map(is_sound, urls(text)))
    for link in links_in(text):
        # The ASCII form says the same when it is read again: what is shown is what is opened.
        assert link.address.host in link.address.url
