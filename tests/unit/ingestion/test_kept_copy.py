from gooddata.ingestion.kept_copy import keep_copy


def test_a_copy_replaces_the_one_before(tmp_path):
    for content in (b"one", b"another"):
        keep_copy(tmp_path / "folder" / "copy.json", content)
        assert (tmp_path / "folder" / "copy.json").read_bytes() == content


def test_a_copy_that_cannot_be_written_costs_the_copy_alone(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    keep_copy(tmp_path / "file" / "copy.json", b"x")
    assert "cannot be written" in caplog.text
