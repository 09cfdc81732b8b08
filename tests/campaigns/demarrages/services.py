"""AWS seen from one function: one port that is a proxy, ends TLS itself, and gives fixed answers.

A function reaches its services by their real names, `dynamodb.eu-west-3.amazonaws.com` and the others,
through `HTTPS_PROXY`: nothing of what it does at its start is spared, neither the choice of an endpoint,
nor one TLS connection per service, nor the signature of each request. The answers come from the rows of a
scene, which is set again for each start; a write is always accepted.
"""

import base64
import hashlib
import json
import socket
import socketserver
import ssl
import threading
import urllib.parse

# What a write is called, by service: the first one that is accepted ends what a start is.
WRITES = {"PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem", "PutObject"}


class NoAnswer(Exception):
    """A function asks for something that the scenes did not foresee."""


class Services:
    """The services behind one port, and the scene that they play."""

    def __init__(self, certificate, key, published):
        """`published` is what `GET https://connexion.exemple.fr/…` answers, by path."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.set_alpn_protocols(["http/1.1"])
        self.published = published
        self._protocols = {"DynamoDB_20120810": ("dynamodb", self._dynamodb), "AmazonSQS": ("sqs", self._sqs),
                           "TrentService": ("kms", self._kms)}
        self.play({}, {}, lambda: None)
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.services = self
        self.proxy = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def play(self, tables, documents, on_first_write):
        """Answers from these tables and documents from now on; calls `on_first_write` as the first write is accepted."""
        self.tables = {name: [{k: attribute(v) for k, v in row.items()} for row in rows]
                       for name, rows in tables.items()}
        self.stored = {name: base64.b64decode(text) for name, text in documents.items()}
        self.calls = []
        self.unknown = None  # the request that has no answer here: whoever started the function gives up on it
        self.connections = 0
        self.before = None  # the requests answered and the connections opened before the first write
        self._on_first_write = on_first_write

    def stop(self):
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method, path, headers, body):
        """What a service answers: a status, a content type and a body. The protocol says which service it is."""
        if path in self.published:
            return 200, "application/json", json.dumps(self.published[path]).encode()
        status = 200
        if "x-amz-target" in headers:
            protocol, operation = headers["x-amz-target"].split(".")
            service, answer = self._protocols[protocol]
            content = json.dumps(answer(operation, json.loads(body))).encode()
        else:
            service = "s3"
            operation, status, content = self._s3(method, path, body)
        self.calls.append(f"{service}:{operation}")
        if operation in WRITES and self._on_first_write:
            tell, self._on_first_write = self._on_first_write, None
            self.before = (len(self.calls) - 1, self.connections)
            tell()
        return status, headers.get("content-type", "application/xml"), content

    def _s3(self, method, path, body):
        """A document: the operation, the status and the bytes. One that is not there is a question like another."""
        name = urllib.parse.unquote(urllib.parse.urlsplit(path).path).lstrip("/")
        if method == "PUT":
            self.stored[name] = body
            return "PutObject", 200, b""
        if method == "DELETE":
            self.stored.pop(name, None)
            return "DeleteObject", 204, b""
        if method != "GET":
            raise NoAnswer(f"no answer is known for S3 {method} {name}")
        if name in self.stored:
            return "GetObject", 200, self.stored[name]
        return "GetObject", 404, b"<Error><Code>NoSuchKey</Code><Message>It is not there.</Message></Error>"

    def _dynamodb(self, operation, asked):
        if operation == "PutItem":
            self._put(asked["TableName"], asked["Item"])
            return {}
        if operation == "BatchWriteItem":
            return {"UnprocessedItems": {}}
        if operation in WRITES:
            return {}
        if operation == "BatchGetItem":
            return {"UnprocessedKeys": {}, "Responses": {
                table: [row for key in wanted["Keys"] if (row := self._row(table, key))]
                for table, wanted in asked["RequestItems"].items()}}
        if operation == "GetItem":
            row = self._row(asked["TableName"], asked["Key"])
            return {"Item": row} if row else {}
        if operation == "Query":
            rows = self._matching(asked)
            return {"Items": rows, "Count": len(rows), "ScannedCount": len(rows)}
        raise NoAnswer(f"no answer is known for DynamoDB {operation}")

    def _put(self, table, item):
        """Keeps what is written whole: an application reads again the key that it has just made."""
        keys = {name: item[name] for name in ("pk", "sk") if name in item}
        rows = self.tables.setdefault(table.rsplit("-", 1)[-1], [])
        rows[:] = [row for row in rows if any(row.get(k) != v for k, v in keys.items())] + [item]

    def _row(self, table, key):
        rows = self.tables.get(table.rsplit("-", 1)[-1], [])
        return next((row for row in rows if all(row.get(k) == v for k, v in key.items())), None)

    def _matching(self, asked):
        """The rows of a partition, of the table or of its index `file`, that hold every value asked for."""
        rows = self.tables[asked["TableName"].rsplit("-", 1)[-1]]
        values = asked["ExpressionAttributeValues"]
        if asked.get("IndexName") == "file":
            kept, until = ("pk", "file_pk", "file_sk"), values.get(":until", {"S": "~"})["S"]
            return [{name: row[name] for name in kept} for row in rows
                    if row["file_pk"] == values[":pk"] and row["file_sk"]["S"] <= until]
        start = values.get(":prefix", {"S": ""})["S"]
        return [row for row in rows if row["pk"] == values[":pk"] and row["sk"]["S"].startswith(start)]

    def _sqs(self, operation, asked):
        if operation != "SendMessageBatch":
            raise NoAnswer(f"no answer is known for SQS {operation}")
        digest = lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return {"Successful": [{"Id": it["Id"], "MessageId": f"message-{it['Id']}",
                                "MD5OfMessageBody": digest(it["MessageBody"])} for it in asked["Entries"]]}

    def _kms(self, operation, asked):
        if operation != "Decrypt":
            raise NoAnswer(f"no answer is known for KMS {operation}")
        # The scenes "wrap" a key by writing its context after it.
        plain = base64.b64decode(asked["CiphertextBlob"])[:32]
        return {"KeyId": asked["KeyId"], "Plaintext": base64.b64encode(plain).decode(),
                "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}


def attribute(value):
    """A JSON value as DynamoDB writes it."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, (int, float)):
        return {"N": str(value)}
    if isinstance(value, list):
        return {"L": [attribute(it) for it in value]}
    return {"M": {name: attribute(it) for name, it in value.items()}}


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Connection(socketserver.BaseRequestHandler):
    """One tunnel: `CONNECT`, then TLS, then requests one after the other."""

    def handle(self):
        services = self.server.services
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)  # as a real service: no pause in TLS
        opening, _ = _head(self.request.makefile("rb", buffering=0))
        if opening is None:
            return
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        services.connections += 1
        try:
            with services._context.wrap_socket(self.request, server_side=True) as tunnel:
                stream = tunnel.makefile("rb")
                while self._one(services, stream, tunnel):
                    pass
        except (ConnectionError, ssl.SSLError):
            pass  # the function was killed
        except NoAnswer as missing:
            services.unknown = str(missing)

    def _one(self, services, stream, tunnel):
        opening, headers = _head(stream)
        if opening is None:
            return False
        body = stream.read(int(headers.get("content-length", 0)))
        status, kind, content = services.answer(*opening[:2], headers, body)
        head = (f"HTTP/1.1 {status} OK\r\nserver: Server\r\ncontent-type: {kind}\r\n"
                f"content-length: {len(content)}\r\nconnection: keep-alive\r\n"
                f"x-amzn-requestid: 4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG\r\n\r\n")
        tunnel.sendall(head.encode() + content)
        return True


def _head(stream):
    """The first line of a request, split, and its headers; `(None, {})` at the end of the connection."""
    line = stream.readline()
    if not line:
        return None, {}
    headers = {}
    while (header := stream.readline().strip()):
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return line.decode("latin-1").split(), headers
