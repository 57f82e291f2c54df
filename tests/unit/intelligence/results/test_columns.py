import uuid

from gooddata.intelligence.results.columns import columns, literal


def test_texts_are_quoted_and_what_is_missing_is_null():
    assert literal(["a", None, 'say "hi"\\', "NULL", "{x,y}"]) == '{"a",NULL,"say \\"hi\\"\\\\","NULL","{x,y}"}'
    assert literal([None, "a"]) == '{NULL,"a"}'


def test_numbers_are_written_as_they_are():
    own = uuid.uuid4()
    assert columns([(1, 0.5, own, True, None), (2, 1e-9, own, False, 3)]) == [
        "{1,2}", "{0.5,1e-09}", f"{{{own},{own}}}", "{True,False}", "{NULL,3}",
    ]  # fmt: skip
