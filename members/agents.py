"""What a browser calls itself, in plain words: "Chrome di Android". Imports no Django.

The whole of what it sends (versions, models) could tell phones apart, so nothing else of it is kept.
"""

BROWSERS = (
    *(("SamsungBrowser", "Samsung Internet"), ("OPR/", "Opera"), ("Opera", "Opera"), ("UCBrowser", "UC Browser")),
    *(("MiuiBrowser", "Mi Browser"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("FxiOS", "Firefox")),
    *(("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
"""What stands in the header → its name; the first that fits, as most call themselves Chrome or Safari as well."""
PLACES = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"), ("Windows", "Windows")),
    *(("Macintosh", "Mac"), ("Linux", "Linux")),
)


def label(user_agent: str) -> str:
    """Browser and kind of device; what is not known is called "Peramban lain"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "Peramban lain")
    place = next((name for mark, name in PLACES if mark in user_agent), None)
    return f"{browser} di {place}" if place else browser
