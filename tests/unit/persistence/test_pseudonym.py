from gooddata.persistence.pseudonym import Pseudonyms


def test_pseudonyms_differ_by_project_purpose_and_secret():
    one, other = Pseudonyms(b"one"), Pseudonyms(b"other")
    made = {
        one.visitor("p", "v"),
        one.visitor("q", "v"),
        one.visitor("p", "w"),
        one.user("p", "v"),
        other.visitor("p", "v"),
    }
    assert len(made) == 5
    assert one.visitor("p", "v") == Pseudonyms(b"one").visitor("p", "v")


def test_a_token_opens_its_own_visitor_alone():
    pseudonyms = Pseudonyms(b"secret")
    token = pseudonyms.token("p", "v")
    assert pseudonyms.token_is_valid("p", "v", token)
    assert not pseudonyms.token_is_valid("p", "w", token)
    assert not pseudonyms.token_is_valid("q", "v", token)
    assert not pseudonyms.token_is_valid("p", "v", token[:-1] + "é")
