"""Names that are near, of however many there are."""

from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.nearest import LONGEST, nearest


def test_the_nearest_come_first_in_their_own_case() -> None:
    names = ["Llama-3.3-70b", "llama3.1-8b", "qwen-3-32b", "gpt-oss-120b"]
    assert nearest("llama-3.3-70B-instruct", names, 2)[0] == "Llama-3.3-70b"
    assert nearest("gpt-oss-120", names, 1) == ["gpt-oss-120b"]
    assert nearest("nothing like it", names, 3) == []


def test_one_among_very_many_is_found() -> None:
    names = [f"vendor-{n:05}/model-{n % 97}" for n in range(9_000)]
    assert nearest("vendor-08123/model", [*names, "a" * 10**6], 1) == ["vendor-08123/model-72"]


@given(st.text(max_size=LONGEST + 20), st.lists(st.text(max_size=40), max_size=20))
def test_only_names_of_the_list_are_given(word: str, names: list[str]) -> None:
    assert set(nearest(word, names, 3)) <= set(names)
