"""Certificates and tokens of the campaign, by the `openssl` command: made for one run and thrown away with it."""

import base64
import json
import os
import subprocess
import time
from pathlib import Path

ISSUER = "https://connexion.exemple.fr"
# The names that the functions call, and the one that they wrongly could.
NAMES = ("*.eu-west-3.amazonaws.com", "*.s3.eu-west-3.amazonaws.com", "connexion.exemple.fr")
# Where systems keep the authorities they trust.
BUNDLES = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem")


class Identity:
    """An authority trusted among the system's own, a server's certificate, and the key of a token issuer."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._authority()
        self._server()
        self.certificate, self.key = self._folder / "chain.pem", self._folder / "server.key"
        # As on Lambda, the function reads the whole list of authorities: its cost is part of a start.
        self.bundle = self._folder / "bundle.pem"
        system = next((Path(it) for it in BUNDLES if os.path.exists(it)), None)
        if system is None:
            raise SystemExit("demarrages : ce système n’a pas de liste d’autorités de certification (paquet ca-certificates)")
        self.bundle.write_bytes(system.read_bytes() + (self._folder / "root.pem").read_bytes())
        self._openssl("genrsa", "-out", "issuer.key", "2048")

    def _authority(self):
        """A root, and below it the intermediate that signs servers, as AWS has."""
        subject = ("-subj", "/O=Campagne/CN=Racine des essais")
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "2", *subject,
                      "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", "root.key", "-out", "root.pem")
        self._signed("intermediate", "/O=Campagne/CN=Autorité des essais", "root", "basicConstraints=critical,CA:TRUE")

    def _server(self):
        names = ",".join(f"DNS:{name}" for name in NAMES)
        self._signed("server", "/CN=eu-west-3.amazonaws.com", "intermediate",
                     f"subjectAltName={names}\nextendedKeyUsage=serverAuth")
        chain = (self._folder / "server.pem").read_bytes() + (self._folder / "intermediate.pem").read_bytes()
        (self._folder / "chain.pem").write_bytes(chain)

    def _signed(self, name, subject, by, extensions):
        (self._folder / f"{name}.ext").write_text(extensions + "\n")
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-utf8", "-subj", subject,
                      "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self._openssl("x509", "-req", "-sha256", "-days", "2", "-in", f"{name}.csr", "-CA", f"{by}.pem",
                      "-CAkey", f"{by}.key", "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem")

    def keys(self):
        """The issuer's public keys, as it publishes them."""
        modulus = self._openssl("rsa", "-in", "issuer.key", "-noout", "-modulus").decode().strip().partition("=")[2]
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "cle-1",
                          "n": _text(bytes.fromhex(modulus)), "e": "AQAB"}]}

    def token(self):
        """A token of `agent-1`, who prepares and signs orientations in the 77, for one hour."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "spie", "sub": "agent-1", "role": "orientation", "territoire": "77",
                  "iat": now - 5, "nbf": now - 5, "exp": now + 3600}
        head = {"alg": "RS256", "typ": "JWT", "kid": "cle-1"}
        signed = ".".join(_text(json.dumps(part).encode()) for part in (head, claims))
        signature = self._openssl("dgst", "-sha256", "-sign", "issuer.key", given=signed.encode())
        return f"{signed}.{_text(signature)}"

    def _openssl(self, *arguments, given=None):
        done = subprocess.run(["openssl", *arguments], cwd=self._folder, input=given, capture_output=True)
        if done.returncode:
            raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.decode(errors='replace')}")
        return done.stdout


def _text(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
