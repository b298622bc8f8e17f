"""A private SMTP server for tests: aiosmtpd, a spool that remembers, delivery into Maildirs, and faults on demand.

Started by smtp.rs with the instance's folder as its argument, where settings.json says the rest. Orders come as
one JSON document a line on standard input, and each is answered by one on standard output. When standard input
ends without the order to quit, the test was killed: the server removes its folder and goes.
"""

import asyncio
import base64
import email.utils
import json
import logging
import os
import re
import shutil
import signal
import ssl
import sys
import time
import urllib.parse
import urllib.request

from aiosmtpd.smtp import MISSING, SMTP, AuthResult

HOSTNAME = "mail.test.example"


class State:
    """What the sessions share: settings, the spool, the faults in force."""

    def __init__(self, folder):
        self.folder = folder
        self.spool = os.path.join(folder, "accepted")
        with open(os.path.join(folder, "settings.json"), encoding="utf-8") as file:
            settings = json.load(file)
        self.users = settings["users"]
        self.tokens = settings["tokens"]
        self.maildirs = {address.lower(): path for address, path in settings["maildirs"].items()}
        self.ports = settings["ports"]
        self.size_limit = settings["size_limit"]
        self.faults = []
        self.sessions = 0
        self.stalls = 0
        self.number = len(os.listdir(self.spool))

    def faults_at(self, server, phase, recipient):
        """The faults that apply here. Each counts a session once, at the first phase where it shows."""
        for fault in list(self.faults):
            if fault["phase"] != phase or fault.get("recipient") not in (None, recipient):
                continue
            if server not in fault["claimed"]:
                if fault["sessions"] is not None and len(fault["claimed"]) >= fault["sessions"]:
                    continue
                fault["claimed"].append(server)
            logging.info("fault: %s %r", phase, {k: v for k, v in fault.items() if k != "claimed"})
            yield fault

    def accept(self, server, envelope):
        """Remembers a letter and delivers it to the recipients that live here."""
        session = server.session
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        self.number += 1
        name = os.path.join(self.spool, f"{self.number:06}")
        record = {
            "from": sender,
            "to": envelope.rcpt_tos,
            "user": server.user,
            "encrypted": server.encrypted(),
            "helo": session.host_name,
            "at": time.time(),
        }
        content = envelope.original_content
        # Two files under one name: the folder appears whole, or not at all.
        os.mkdir(name + ".tmp")
        with open(os.path.join(name + ".tmp", "letter.eml"), "wb") as file:
            file.write(content)
        with open(os.path.join(name + ".tmp", "envelope.json"), "w", encoding="utf-8") as file:
            json.dump(record, file)
        os.rename(name + ".tmp", name)
        for recipient in envelope.rcpt_tos:
            maildir = self.maildirs.get(recipient.lower())
            if maildir:
                self.deliver(maildir, self.trace(server, sender, recipient) + content)

    @staticmethod
    def trace(server, sender, recipient):
        protocol = "ESMTPSA" if server.encrypted() else "ESMTP"
        return (
            f"Return-Path: <{sender}>\r\n"
            f"Received: from {server.session.host_name} ({server.session.peer[0]})\r\n"
            f"\tby {HOSTNAME} with {protocol}\r\n"
            f"\tfor <{recipient}>; {email.utils.formatdate(localtime=True)}\r\n"
        ).encode("utf-8", "surrogateescape")

    def deliver(self, maildir, content):
        microseconds = time.time_ns() // 1000
        name = f"{microseconds // 1000000}.M{microseconds % 1000000:06}P{os.getpid()}Q{self.number}.smtp"
        temporary = os.path.join(maildir, "tmp", name)
        with open(temporary, "xb") as file:
            file.write(content)
        owner = os.stat(maildir)
        if owner.st_uid != os.geteuid():
            os.chown(temporary, owner.st_uid, owner.st_gid)
        os.rename(temporary, os.path.join(maildir, "new", name))


class Server(SMTP):
    """One session. aiosmtpd has no hooks for the banner and for DATA before its 354, so those are overridden."""

    def __init__(self, state, **options):
        self.state = state
        self.user = None
        known = ["LOGIN", "PLAIN", "OAUTHBEARER", "XOAUTH2"]
        offered = state.tokens["mechanisms"].split() if state.tokens else ["LOGIN", "PLAIN"]
        super().__init__(
            self,
            hostname=HOSTNAME,
            ident="ESMTP",
            enable_SMTPUTF8=True,
            data_size_limit=state.size_limit,
            auth_required=bool(state.users or state.tokens),
            auth_exclude_mechanism=[name for name in known if name not in offered],
            authenticator=self.check_password,
            timeout=3600,
            **options,
        )

    def encrypted(self):
        return self.transport.get_extra_info("sslcontext") is not None

    def check_password(self, _server, _session, _envelope, _mechanism, data):
        user, password = (part.decode("utf-8", "surrogateescape") for part in data)
        if self.state.users.get(user) != password:
            return AuthResult(success=False, handled=False)
        self.user = user
        return AuthResult(success=True)

    async def auth_OAUTHBEARER(self, _server, args):
        """RFC 7628."""
        return await self.check_token(args, rb"n,a=([^,]*),\x01(?:[a-z]+=[^\x01]*\x01)*auth=Bearer ([^\x01]+)\x01\x01", b"\x01")

    async def auth_XOAUTH2(self, _server, args):
        """As Google and Microsoft describe it."""
        return await self.check_token(args, rb"user=([^\x01]*)\x01auth=Bearer ([^\x01]+)\x01\x01", b"")

    async def check_token(self, args, form, answer_to_error):
        """Asks the authorisation server. After an account of the error the client has to answer as the mechanism wants."""
        message = base64.b64decode(args[1]) if len(args) > 1 else await self.challenge_auth("")
        parts = message is not MISSING and re.fullmatch(form, message)
        if not parts:
            return AuthResult(success=False, handled=False, message="501 5.5.2 That is not the message of this mechanism")
        user, token = (part.decode("ascii") for part in parts.groups())
        body = urllib.parse.urlencode({"token": token}).encode("ascii")
        ask = lambda: urllib.request.urlopen(self.state.tokens["introspection"], body, timeout=20).read()
        about = json.loads(await asyncio.get_running_loop().run_in_executor(None, ask))
        if about.get("active") and about.get("username") == user:
            self.user = user
            return AuthResult(success=True)
        if await self.challenge_auth('{"status":"invalid_token"}') != answer_to_error:
            return AuthResult(success=False, handled=False, message="501 5.5.2 That is no answer to an error")
        return AuthResult(success=False, handled=False)

    async def meet_faults(self, phase, recipient=None):
        """An answer to give instead of the usual one, or MISSING. May take its time, or end the session."""
        for fault in self.state.faults_at(self, phase, recipient):
            if fault["kind"] == "stall":
                self.state.stalls += 1
                await asyncio.sleep(fault["seconds"])
            elif fault["kind"] == "close":
                self.transport.abort()
                # Cancelled is how aiosmtpd itself ends a session whose connection is gone.
                raise asyncio.CancelledError
            else:
                return f"{fault['code']} {fault['text']}"
        return MISSING

    async def _handle_client(self):
        self.state.sessions += 1
        answer = await self.meet_faults("banner")
        if answer is not MISSING:
            await self.push(answer)
            self.transport.close()
            return
        await super()._handle_client()

    async def handle_AUTH(self, _server, _session, _envelope, _arguments):
        return await self.meet_faults("auth")

    async def handle_MAIL(self, _server, _session, _envelope, _address, _options):
        return await self.meet_faults("mail")

    async def handle_RCPT(self, _server, _session, _envelope, address, _options):
        return await self.meet_faults("rcpt", address.lower())

    async def smtp_DATA(self, arg):
        # Faults only for a DATA that would be obeyed, and only after the usual refusals.
        if self.envelope.rcpt_tos and not arg:
            answer = await self.meet_faults("data")
            if answer is not MISSING:
                await self.push(answer)
                return
        await super().smtp_DATA(arg)

    async def handle_DATA(self, _server, _session, envelope):
        answer = await self.meet_faults("end_of_data")
        if answer is not MISSING:
            return answer
        self.state.accept(self, envelope)
        answer = await self.meet_faults("acknowledgement")
        return f"250 2.0.0 Ok: queued as {self.state.number:06}" if answer is MISSING else answer


def obey(state, order):
    """Carries out one order and gives the answer."""
    if order["order"] == "fault":
        state.faults.append({**order["fault"], "sessions": order["sessions"], "claimed": []})
    elif order["order"] == "clear":
        state.faults.clear()
    elif order["order"] != "status":
        raise ValueError(order)
    return {"sessions": state.sessions, "stalls": state.stalls}


async def main(folder):
    state = State(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    loop = asyncio.get_running_loop()
    doors = {
        "plaintext": ({"auth_require_tls": False}, None),
        "starttls": ({"tls_context": context, "require_starttls": True}, None),
        "tls": ({"auth_require_tls": False}, context),
    }
    for door, (options, tls) in doors.items():
        await loop.create_server(
            lambda options=options: Server(state, loop=loop, **options),
            "127.0.0.1",
            state.ports[door],
            ssl=tls,
        )
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print(json.dumps({"ready": True}), flush=True)
    while line := await orders.readline():
        order = json.loads(line)
        if order["order"] == "quit":
            # At once: open connections just break, as they do when a server goes down.
            os._exit(0)
        print(json.dumps(obey(state, order)), flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    # Ctrl-C in the tests' terminal must not hinder the cleaning up above.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(
        filename=os.path.join(sys.argv[1], "smtp.log"),
        level=logging.INFO,
        format="%(asctime)s %(message)s",
    )
    # It warns that passwords on an unencrypted port are unwise; on the loopback, in a test, they are the point.
    logging.getLogger("mail.log").addFilter(lambda record: "auth_re" not in record.getMessage())
    asyncio.run(main(sys.argv[1]))
