"""The network of an operation: what it shows to whom, what it says would be left, and that a choice is on record."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from cautery.core.graph.reading import read_network
from cautery.intake.models import Item, Operation
from cautery.report.models import Choice
from cautery.report.planning.actions import keep_plan
from cautery.report.planning.predicting import content, predict
from cautery.report.planning.register import read_register
from cautery.track.models import OutLink
from cautery.web.views.network import DRAWN
from tests import factories as make
from tests.web.test_looks import CHROMIUM, RULES, SHOTS, SIZES

HUBS, LEAVES = 3, 8
"""Three accounts that lead to eight others each, and to one another in a row."""


@dataclass(frozen=True)
class Net:
    """The operation, the items of its hubs and of all others, and one that was dismissed."""

    operation: Operation
    hubs: list[Item]
    leaves: list[Item]
    dismissed: Item


@pytest.fixture
def net(db: None) -> Iterator[Net]:
    """A small network with a plan that is kept."""
    frame, hosts = make.operation(), [make.provider("x"), make.provider("telegram", hosts=["t.me"])]
    names = [f"hub{n}" for n in range(HUBS)] + [f"leaf{n}" for n in range(HUBS * LEAVES)]
    episodes = make.flagged(frame, [f"https://x.com/{name}" for name in names])
    make.identified(episodes, host=hosts[0])
    make.matched(episodes)
    make.decided(frame)
    gone = make.flagged(frame, ["https://x.com/dismissed0"], key="dismissed")
    make.identified(gone, host=hosts[1])
    make.matched(gone)
    make.decided(frame, outcome="dismissed")
    items = {item.key: item for item in Item.objects.all()}
    hubs, leaves = [items[f"hub{n}"] for n in range(HUBS)], [items[f"leaf{n}"] for n in range(HUBS * LEAVES)]
    for place, hub in enumerate(hubs):
        around = [*leaves[place * LEAVES : (place + 1) * LEAVES], hubs[(place + 1) % HUBS], items["dismissed0"]]
        links = [OutLink(item=hub, identity=i.identity, url=i.url, first_seen_at=make.hours(2)) for i in around]
        OutLink.objects.bulk_create(links)
    register = read_register(frame, make.hours(6))
    made = predict(register, budget=2)
    keep_plan(frame, content(register, made, make.hours(6)), as_of=make.hours(6), by=make.SYSTEM, at=make.hours(6))
    DRAWN.clear()
    yield Net(frame, hubs, leaves, items["dismissed0"])
    DRAWN.clear()


def client_of(username: str, role: str) -> Client:
    client = Client()
    client.force_login(make.officer(username, role))
    return client


def at(net: Net, which: str, /, **words: Any) -> str:
    return reverse(f"web:network{which}", kwargs={"slug": net.operation.slug, **words})


def drawn(client: Client, net: Net, **query: Any) -> dict[str, Any]:
    answer = client.get(at(net, "-data"), query)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_the_picture_has_every_node_and_link_and_the_plan_as_layers(net: Net) -> None:
    found = drawn(client_of("olga", "observe"), net)
    nodes = found["nodes"]
    assert found["of"] == len(nodes["x"]) == len(nodes["label"]) == HUBS + HUBS * LEAVES + 1
    assert len(found["links"]["from"]) == HUBS * (LEAVES + 2)
    assert nodes["item"][0] in {hub.pk for hub in net.hubs}
    assert {layer["name"] for layer in found["layers"]} == {"plan", "0.1", "0.01"}
    layer = next(one for one in found["layers"] if one["name"] == "plan")
    assert {nodes["item"][node] for node in layer["nodes"]} == set(layer["items"]) < {hub.pk for hub in net.hubs}
    assert max(map(abs, nodes["x"] + nodes["y"])) <= 10_000


def test_only_who_may_choose_is_told_what_may_not_be_acted_on(net: Net) -> None:
    assert drawn(client_of("olga", "observe"), net)["nodes"]["closed"] == []
    found = drawn(client_of("lena", "lead"), net)["nodes"]
    assert [found["item"][node] for node in found["closed"]] == [net.dismissed.pk]


def test_filters_and_the_most_are_kept_to_by_the_server(net: Net) -> None:
    client = client_of("olga", "observe")
    assert drawn(client, net, provider="telegram")["nodes"]["item"] == [net.dismissed.pk]
    assert drawn(client, net, state="dismissed")["nodes"]["item"] == [net.dismissed.pk]
    few = drawn(client, net, most=4)
    assert len(few["nodes"]["x"]) == 4
    assert few["of"] == HUBS + HUBS * LEAVES + 1
    assert client.get(at(net, "-data"), {"most": "0"}).status_code == 422
    assert client.get(at(net, "-data"), {"most": "9" * 30}).status_code == 422
    assert client.get(at(net, "-list"), {"page": "x"}).status_code == 422


def test_what_must_not_be_seen_has_no_address_anywhere(net: Net) -> None:
    lena = client_of("lena", "lead")
    lena.post(reverse("web:item-stop", kwargs={"pk": net.hubs[0].pk}))
    DRAWN.clear()
    places = [
        at(net, "-data"),
        at(net, "-list"),
        at(net, "-graphml"),
        at(net, "-file", name="nodes", kind="csv"),
        at(net, "-file", name="links", kind="csv"),
    ]
    for place in places:
        answer = lena.get(place)
        said = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert b"hub0" not in said, place
        assert b"hub1" in said, place
    assert lena.get(at(net, "-item", pk=net.hubs[0].pk)).status_code == 404


def test_a_what_if_says_what_is_left_and_keeps_nothing(net: Net) -> None:
    lena = client_of("lena", "lead")
    answer = lena.post(at(net, "-what-if"), {"items": ",".join(str(hub.pk) for hub in net.hubs)})
    rows = {row.name: row for row in answer.context["rows"]}
    whole = HUBS + HUBS * LEAVES + 1
    assert (rows["now"].component, rows["now"].largest, rows["now"].links) == (whole, 1.0, 0.0)
    assert (rows["these"].component, rows["these"].nodes, rows["these"].links) == (1, 3, 1.0)
    assert rows["flagged"].nodes == rows["plan"].nodes == 3
    assert not Choice.objects.exists()


@pytest.mark.parametrize("items", ["{dismissed}", "999999", "x", "1" * 30, "{dismissed},{hub}"])
def test_what_may_not_be_acted_on_is_in_no_what_if_and_in_no_choice(net: Net, items: str) -> None:
    lena = client_of("lena", "lead")
    words = {"items": items.format(dismissed=net.dismissed.pk, hub=net.hubs[0].pk), "reason": "They join the rest."}
    assert lena.post(at(net, "-what-if"), words).status_code == 422
    assert lena.post(at(net, "-choose"), words).status_code == 422
    assert not Choice.objects.exists()


def test_a_choice_is_kept_in_its_order_with_its_reason_and_shown_as_a_layer(net: Net) -> None:
    lena = client_of("lena", "lead")
    chosen = [net.hubs[1].pk, net.hubs[0].pk]
    assert lena.post(at(net, "-choose"), {"items": f"{chosen[0]},{chosen[1]}", "reason": " "}).status_code == 422
    answer = lena.post(at(net, "-choose"), {"items": f"{chosen[0]},{chosen[1]}", "reason": "They join the rest."})
    assert (answer.status_code, answer["Location"]) == (302, at(net, ""))
    kept = Choice.objects.get()
    assert (kept.items, kept.reason) == (chosen, "They join the rest.")
    layers = {layer["name"]: layer["items"] for layer in drawn(lena, net)["layers"]}
    assert layers["chosen"] == chosen
    rows = lena.get(at(net, "-layer", name="chosen")).context["rows"]
    assert rows[1].nodes == 2


def test_what_became_protected_since_the_plan_cannot_be_chosen(net: Net) -> None:
    lena = client_of("lena", "lead")
    lena.post(reverse("web:item-stop", kwargs={"pk": net.hubs[2].pk}))
    words = {"items": str(net.hubs[2].pk), "reason": "They join the rest."}
    assert lena.post(at(net, "-choose"), words).status_code == 422


def test_the_network_comes_as_files_that_can_be_planned_on(net: Net, tmp_path: Path) -> None:
    client = client_of("olga", "observe")
    nodes = list(csv.DictReader(io.StringIO(_file(client, at(net, "-file", name="nodes", kind="csv")))))
    links = list(csv.DictReader(io.StringIO(_file(client, at(net, "-file", name="links", kind="csv")))))
    assert len(nodes) == HUBS + HUBS * LEAVES + 1
    assert {row["source_label"] for row in links} == {hub.url for hub in net.hubs}
    file = tmp_path / "network.graphml"
    file.write_text(_file(client, at(net, "-graphml")))
    read = read_network(file)
    assert (read.network.n, read.network.arcs.shape[0], read.problems) == (len(nodes), len(links), [])


def _file(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer["Content-Disposition"].startswith("attachment")
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_the_list_has_the_same_nodes_a_page_at_a_time(net: Net) -> None:
    answer = client_of("lena", "lead").get(at(net, "-list"))
    said = answer.content.decode()
    assert said.count("<tr>") == HUBS + HUBS * LEAVES + 2
    assert said.count("data-take=") == HUBS + HUBS * LEAVES
    assert "data-take=" not in client_of("olga", "observe").get(at(net, "-list")).content.decode()


def test_a_network_of_nothing_has_its_pages(db: None) -> None:
    frame = make.operation("empty")
    client = client_of("lena", "lead")
    for name in ("", "-data", "-list", "-graphml"):
        assert client.get(reverse(f"web:network{name}", kwargs={"slug": frame.slug})).status_code == 200
    words = {"items": "", "reason": "None."}
    assert client.post(reverse("web:network-what-if", kwargs={"slug": frame.slug}), words).status_code == 200
    assert client.post(reverse("web:network-choose", kwargs={"slug": frame.slug}), words).status_code == 404


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Chromium that draws WebGL without a graphics card."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        )
        yield found
        found.close()


def page_of(browser: Browser, live_server: LiveServer, client: Client, scheme: str) -> Page:
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}")
def test_a_leader_sees_the_plan_tries_another_and_chooses(
    transactional_db: None, net: Net, browser: Browser, live_server: LiveServer
) -> None:
    page = page_of(browser, live_server, client_of("lena", "lead"), "light")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(at(net, ""))
    expect(page.locator("#network[data-drawn=yes]")).to_be_visible()
    expect(page.locator("#count")).to_contain_text("28 of 28 nodes")
    page.get_by_label(re.compile("The plan's set")).check()
    expect(page.get_by_role("row", name=re.compile("Without these"))).to_contain_text("2")
    page.get_by_role("button", name="After").click()
    page.get_by_label("Part of its address").fill("hub2")
    page.keyboard.press("Enter")
    expect(page.locator("#facts")).to_contain_text("First flagged")
    page.locator("#facts").get_by_role("button", name="Take out").click()
    expect(page.locator("#taken li")).to_have_count(1)
    page.locator(f"#list [data-take='{net.hubs[0].pk}']").click()
    expect(page.locator("#taken li")).to_have_count(2)
    expect(page.get_by_role("row", name=re.compile("Without these"))).to_contain_text("2")
    page.get_by_label("Why these").fill("They join the rest.")
    page.get_by_role("button", name="Choose these together").click()
    expect(page.get_by_label(re.compile("Chosen last"))).to_be_visible()
    assert Choice.objects.get().items == [net.hubs[2].pk, net.hubs[0].pk]
    assert complaints == []


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_network_and_it_is_no_wider_than_a_phone(
    scheme: str, transactional_db: None, net: Net, browser: Browser, live_server: LiveServer
) -> None:
    page = page_of(browser, live_server, client_of("lena", "lead"), scheme)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(at(net, ""))
        expect(page.locator("#network[data-drawn=yes]")).to_be_visible()
        page.get_by_label(re.compile("The plan's set")).check()
        expect(page.get_by_role("row", name=re.compile("Without these"))).to_be_visible()
        expect(page.locator("#list table")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), size
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"network-{width}-{scheme}.png", full_page=True)
        if size != "tablet":
            assert Axe().run(page, options=RULES).response["violations"] == [], size
