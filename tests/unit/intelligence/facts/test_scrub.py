import pytest

from gooddata.intelligence.facts.scrub import PATH_CHARACTERS, TEXT_CHARACTERS, clean_id, clean_path, clean_text


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
        ("call +49 170 1234567 now", "call :phone now"),
        ("call (030) 123 45 67 89", "call :phone"),
        ("0170 123 45 67", ":phone"),
        ("0170-1234567", ":phone"),
        ("paid with 4111 1111 1111 1111", "paid with :card"),
        ("378282246310005", ":card"),
        ("from 203.0.113.7", "from :ip"),
        ("from 2001:db8::8a2e:370:7334", "from :ip"),
        ("order 1234567890", "order :number"),
        ("2b1c4d5e-0000-4000-8000-0123456789ab", ":id"),
        ("key sk_live_51H8xyzabcdefghijklmnop", "key :token"),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x", ":token"),
        ("Spring 2026-11-26", "Spring 2026-11-26"),
        ("Version 1.2.3", "Version 1.2.3"),
        ("at 10:30:45", "at 10:30:45"),
        ("a-very-long-slug-of-many-words-about-tea", "a-very-long-slug-of-many-words-about-tea"),
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


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (165162, "165162"),
        ("4006381333931", "4006381333931"),
        ("12-3456-7890", "12-3456-7890"),
        ("2b1c4d5e-0000-4000-8000-0123456789ab", "2b1c4d5e-0000-4000-8000-0123456789ab"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("gid://shopify/Product/632910392", "gid://shopify/Product/632910392"),
        ("jane@example.org", ":email"),
        ("+49 170 1234567", ":phone"),
        ("4111-1111-1111-1111", ":card"),
        ("203.0.113.7", ":ip"),
        ("sk_live_51H8xyzabcdefghijklmnop", ":token"),
        (True, None),
        ("", None),
    ],
)
def test_ids_of_things_stay_and_those_of_people_go(value, kept):
    assert clean_id(value) == kept


@pytest.mark.parametrize("path", ["/%00 1.2.3.4", "/a%00%2B49 170 1234567", "/%00", "/\0"])
def test_no_path_decodes_to_what_no_database_can_hold(path):
    assert "\0" not in clean_path(path)
