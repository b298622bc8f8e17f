"""Opens letters with Python's own parser and prints what it sees, as JSON: one document a letter, named on the command line."""
import email
import hashlib
import json
import sys
from email import policy


def flowed(text, parameters):
    """The paragraphs of format=flowed (RFC 3676, 4.1), as quote depth and words."""
    lines = []
    open_depth = None
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words[1:] if words.startswith(" ") else words
        signature = words == "-- "
        flows = words.endswith(" ") and not signature
        if open_depth == depth and not signature:
            lines[-1][1] += words
        else:
            lines.append([depth, words])
        open_depth = depth if flows else None
    return lines


def part(message):
    seen = {
        "type": message.get_content_type(),
        "name": message.get_filename(),
        "disposition": message.get_content_disposition(),
        "cid": message["content-id"],
        "defects": [type(d).__name__ for d in message.defects]
        + [type(d).__name__ for _, value in message.items() for d in getattr(value, "defects", [])],
    }
    if message.get_content_type() == "message/rfc822":
        inner = message.get_payload(0)
        seen["letter"] = letter(inner)
        seen["digest"] = hashlib.sha256(inner.as_bytes(policy=policy.SMTP)).hexdigest()
    elif message.is_multipart():
        seen["parts"] = [part(p) for p in message.iter_parts()]
    elif message.get_content_maintype() == "text" and message.get_content_disposition() != "attachment":
        text = message.get_content().replace("\r\n", "\n")
        seen["text"] = text
        if message.get_param("format") == "flowed":
            seen["paragraphs"] = flowed(text, message)
    else:
        payload = message.get_payload(decode=True)
        seen["digest"] = hashlib.sha256(payload).hexdigest()
        seen["size"] = len(payload)
    return seen


def people(header):
    return [[a.display_name, a.addr_spec] for a in header.addresses] if header else []


def letter(message):
    return {
        "subject": message["subject"],
        "from": people(message["from"]),
        "to": people(message["to"]),
        "cc": people(message["cc"]),
        "bcc": message["bcc"],
        "message_id": message["message-id"],
        "in_reply_to": message["in-reply-to"],
        "references": (message["references"] or "").split(),
        "resent": [
            people(message["resent-from"]),
            people(message["resent-to"]),
            message["resent-message-id"],
            message["resent-date"],
        ],
        "date": message["date"].datetime.isoformat() if message["date"] else None,
        "body": part(message),
    }


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        print(json.dumps(letter(email.message_from_binary_file(file, policy=policy.default))))
