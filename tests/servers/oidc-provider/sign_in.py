#!/usr/bin/env python3
"""sign_in.py URL [--login NAME] [--deny] [--no-callback]

Does what a person with a browser does: opens an authorization URL that the product made, signs in on the provider's pages, agrees or not,
and is sent back to the product, which is then called. Prints where the person was sent back to.
"""
import argparse
import html
import html.parser
import http.cookiejar
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

MOST_STEPS = 20


class Page(html.parser.HTMLParser):
    """A page with one form."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields, self.links = None, {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.action = attrs.get("action")
        elif tag == "input" and attrs.get("name"):
            self.fields[attrs["name"]] = attrs.get("value") or ""
        elif tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])


class Browser:
    """Keeps cookies, follows no redirect by itself, uses no proxy whatever the environment says."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    def __init__(self):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies, self.Stay, urllib.request.ProxyHandler({}))

    def open(self, url, form=None):
        """The status, where the answer redirects to if it does, and the text."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(url, data, {"Accept": "text/html"})
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            location = answer.headers.get("Location")
            return answer.status, location and urllib.parse.urljoin(url, location), answer.read().decode("utf-8", "replace")


def plain(page):
    """The words of a page, for a message."""
    body = re.sub(r"(?s)<(head|style|script)\b.*?</\1>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())[:500]


def origin(url):
    return urllib.parse.urlsplit(url)[:2]


def sign_in(browser, url, login, deny):
    """Where the provider sends the person back to."""
    provider, form = origin(url), None
    for _ in range(MOST_STEPS):
        status, location, text = browser.open(url, form)
        form = None
        if location:
            if origin(location) != provider:
                return location
            url = location
            continue
        page = Page(text)
        if status != 200 or not page.action:
            sys.exit(f"{url.split('?')[0]} answered {status}: {plain(text)}")
        consent = page.fields.get("prompt") == "consent"
        if consent and deny:
            url = urllib.parse.urljoin(url, next(link for link in page.links if link.endswith("/abort")))
            continue
        url, form = urllib.parse.urljoin(url, page.action), page.fields
        if not consent:
            form |= {"login": login, "password": "any will do"}
    sys.exit(f"not back after {MOST_STEPS} steps")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="what the product tells the person to open")
    parser.add_argument("--login", default="ops.admin", help="who signs in")
    parser.add_argument("--deny", action="store_true", help="sign in, then refuse what the product asks for")
    parser.add_argument("--no-callback", action="store_true", help="do not call the product")
    arguments = parser.parse_args()
    browser = Browser()
    try:
        back = sign_in(browser, arguments.url, arguments.login, arguments.deny)
    except OSError as error:
        sys.exit(f"the provider did not answer: {error}")
    print(back, flush=True)
    if not arguments.no_callback:
        try:
            status, _, _ = browser.open(back)
        except OSError as error:
            sys.exit(f"the product's callback did not answer: {error}")
        print(f"the product's callback answered {status}", file=sys.stderr)


if __name__ == "__main__":
    main()
