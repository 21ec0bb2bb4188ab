"""The world's HTTP server, spoken to over a socket as any client would."""

from __future__ import annotations

import asyncio
import json

import pytest

from cautery.exercise.serving import JSON, LARGEST_HEAD, Answer, Connection, Later, Request

GET = b"GET /a%20b?q=1%262&q=3&r= HTTP/1.1\r\nHost: Vidora.test:80\r\n\r\n"


def echo(request: Request) -> Answer | Later:
    """What was understood; later for `/later`, never for `/never`."""
    told = {"path": request.path, "host": request.host, "q": request.parameters, "body": request.body.decode()}
    answer = Answer(200, json.dumps(told).encode(), JSON, {"X-Said": "so"})
    return _later(request, answer) if request.path in {"/later", "/never"} else answer


async def _later(request: Request, answer: Answer) -> Answer | None:
    await asyncio.sleep(0)
    return None if request.path == "/never" else answer


def said(*parts: bytes, until: int | None = None) -> bytes:
    """All that comes back when these parts are sent, one packet each; `until` so many answers are there, or the end."""

    async def talk() -> bytes:
        server = await asyncio.get_running_loop().create_server(lambda: Connection(echo), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        came = b""
        while until is None or came.count(b"HTTP/1.1 ") < until or not came.endswith(b"}"):
            data = await reader.read(65_536)
            came += data
            if not data:
                break
        writer.close()
        server.close()
        return came

    return asyncio.run(asyncio.wait_for(talk(), 10))


def body_of(answer: bytes) -> dict[str, object]:
    document: dict[str, object] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return document


def test_a_request_is_understood_and_the_answer_carries_its_length() -> None:
    answer = said(GET, until=1)
    told = body_of(answer)
    assert told == {"path": "/a b", "host": "vidora.test", "q": {"q": "1&2", "r": ""}, "body": ""}
    head = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert head[0] == b"HTTP/1.1 200 OK"
    assert {b"Content-Type: application/json", b"X-Said: so"} < set(head)
    assert b"Content-Length: %d" % len(answer.partition(b"\r\n\r\n")[2]) in head


def test_one_connection_serves_many_and_in_order_also_where_an_answer_is_late() -> None:
    late = b"GET /later HTTP/1.1\r\nHost: a.test\r\n\r\n"
    answers = said(late + GET + late + GET, until=4)
    assert [part.partition(b'"path": "')[2].partition(b'"')[0] for part in answers.split(b"HTTP/1.1 ")[1:]] == [
        b"/later", b"/a b", b"/later", b"/a b",
    ]  # fmt: skip


def test_a_request_that_comes_in_pieces_is_one_request() -> None:
    posted = b"POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 11\r\n\r\nhello world"
    told = body_of(said(posted[:9], posted[9:40], posted[40:70], posted[70:], until=1))
    assert told["body"] == "hello world"


def test_head_gets_the_head_alone_and_close_ends_the_connection() -> None:
    answer = said(GET.replace(b"GET", b"HEAD").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Length: 0" not in head
    assert b"Connection: close" in head
    assert body == b""


def test_a_promise_of_nothing_cuts_the_connection() -> None:
    assert said(b"GET /never HTTP/1.1\r\nHost: a.test\r\n\r\n") == b""


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET http://elsewhere/ HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -4\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nx: " + b"a" * LARGEST_HEAD, 431),
    ],
)
def test_what_is_no_request_is_told_so_and_ends_the_connection(sent: bytes, status: int) -> None:
    assert said(sent).startswith(f"HTTP/1.1 {status} ".encode())
