import pytest

from gooddata.intelligence.facts.source import campaign_source, referring_site


@pytest.mark.parametrize(
    ("referrer", "site"),
    [
        ("https://www.google.com/", "google"),
        ("https://www.google.co.uk/search?q=x", "google"),
        ("https://l.instagram.com/", "instagram"),
        ("https://lm.facebook.com/l.php", "facebook"),
        ("https://t.co/abc", "x"),
        ("https://duckduckgo.com/", "duckduckgo"),
        ("https://www.pinterest.de/pin", "pinterest"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("https://www.blog.example/post", "blog.example"),
        ("http://192.168.0.7/admin", "unnamed host"),
        ("http://[2001:db8::1]/", "unnamed host"),
        ("notgoogle.example", "notgoogle.example"),
        ("https://[broken", None),
        ("https://shop.example/a", None),
        ("https://www.shop.example/a", None),
    ],
)
def test_a_referrer_becomes_the_name_of_its_site(referrer, site):
    assert referring_site(referrer, "https://shop.example/b?x=1") == site


@pytest.mark.parametrize(
    ("named", "source"), [("Google", "google"), ("newsletter", "newsletter"), ("t.co", "x"), (" ", None)]
)
def test_a_campaign_and_a_referrer_name_a_site_alike(named, source):
    assert campaign_source(named) == source
