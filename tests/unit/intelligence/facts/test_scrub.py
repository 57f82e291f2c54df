import pytest

from gooddata.intelligence.facts.scrub import PATH_CHARACTERS, TEXT_CHARACTERS, clean_path, clean_text


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "/"),
        ("/tea/green", "/tea/green"),
        ("tea", "/tea"),
        ("/a?q=secret", "/a"),
        ("/a#secret", "/a"),
        ("/a;jsessionid=123/b", "/a/b"),
        ("/users/jane@example.org/orders", "/users/:email/orders"),
        ("/users/jane%40example.org", "/users/:email"),
        ("/o/2b1c4d5e-0000-4000-8000-0123456789ab", "/o/:id"),
        ("/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709", "/commit/:id"),
        ("/reset/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "/reset/:token"),
        ("/call/+49 30 1234567", "/call/:number"),
        ("/card/4111111111111111", "/card/:id"),
        ("/p/165162", "/p/165162"),
        ("/presentations/logstash-monitorama-2013/images", "/presentations/logstash-monitorama-2013/images"),
        ("/blog/a-very-long-slug-of-many-words-about-tea", "/blog/a-very-long-slug-of-many-words-about-tea"),
    ],
)
def test_paths_keep_what_names_a_page_and_lose_what_names_a_person(path, kept):
    assert clean_path(path) == kept


def test_paths_and_texts_are_bounded():
    assert len(clean_path("/ab" * 1_000)) == PATH_CHARACTERS
    assert len(clean_text("x" * 1_000)) == TEXT_CHARACTERS


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("Tea", "Tea"),
        ("  Tea ", "Tea"),
        ("a\0b", "ab"),
        ("", None),
        ("mail jane.doe@example.org now", "mail :email now"),
        (165162, "165162"),
        (12.5, "12.5"),
        (True, None),
        (None, None),
        ({"a": 1}, None),
        (["a"], None),
    ],
)
def test_texts_are_cleaned_and_other_types_say_nothing(value, kept):
    assert clean_text(value) == kept
