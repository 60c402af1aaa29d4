"""The other side of the differential test: scapy's BGP layer, as a filter.

    parse            reads messages as hex, one a line, and prints what scapy sees in each
    build SEED N     prints N messages made by scapy, each as hex, a tab, and what it means; every
                     third in MP_REACH_NLRI and MP_UNREACH_NLRI
    add-path SEED N  the same with a path identifier in front of each prefix

What a message means is text that the Java side makes from its own reading, in the same form.
"""

import random
import sys
import warnings

warnings.filterwarnings("ignore")
import logging

logging.getLogger("scapy").setLevel(logging.ERROR)

import scapy.contrib.bgp as bgp

bgp.bgp_module_conf.use_2_bytes_asn = False

WORDS = {
    1: lambda a: "origin %d" % a.origin,
    # For an attribute without a value scapy makes no object.
    2: lambda a: "as-path " + " ".join(str(n) for s in (a.segments if a else []) for n in s.segment_value),
    3: lambda a: "next-hop " + a.next_hop,
    4: lambda a: "med %d" % a.med,
    5: lambda a: "local-pref %d" % a.local_pref,
    9: lambda a: "originator " + a.originator_id,
    10: lambda a: "clusters " + " ".join(str(n) for n in a.cluster_list),
}


def u32s(raw):
    return [int.from_bytes(raw[i : i + 4], "big") for i in range(0, len(raw), 4)]


def attribute(pa, out):
    """Adds what one path attribute says to the lists of out."""
    code = pa.type_code
    value = pa.attribute
    if code == 14:
        out["announced"] += [n.prefix for n in value.nlri]
        out["words"].append((3, "next-hop " + value.nh_v6_addr))
    elif code == 15:
        out["withdrawn"] += [n.prefix for n in value.afi_safi_specific.withdrawn_routes]
    elif code == 8:
        out["words"].append((8, "communities " + " ".join(map(str, u32s(bytes(value))))))
    elif code == 32:
        out["words"].append((32, "large " + " ".join(map(str, u32s(bytes(value))))))
    else:
        out["words"].append((code, WORDS[code](value).rstrip()))


def update(message):
    out = {"withdrawn": [], "announced": [], "words": []}
    out["withdrawn"] += [n.prefix for n in message.withdrawn_routes]
    for pa in message.path_attr:
        attribute(pa, out)
    out["announced"] += [n.prefix for n in message.nlri]
    words = ", ".join(text for _, text in sorted(out["words"])) if out["announced"] else ""
    return "UPDATE %s | %s | %s" % (" ".join(out["withdrawn"]), " ".join(out["announced"]), words)


def open_message(message):
    # Of several capabilities in one parameter scapy sees the first only, so they are left out.
    return "OPEN version %d as %d hold %d id %s" % (
        message.version, message.my_as, message.hold_time, message.bgp_id)


def meaning(raw):
    packet = bgp.BGPHeader(raw)
    if packet.len != len(raw):
        return "length %d of %d" % (packet.len, len(raw))
    message = packet.payload
    if isinstance(message, bgp.BGPOpen):
        return open_message(message)
    if isinstance(message, bgp.BGPUpdate):
        return update(message)
    if isinstance(message, bgp.BGPNotification):
        return "NOTIFICATION %d %d" % (message.error_code, message.error_subcode)
    if isinstance(message, bgp.BGPRouteRefresh):
        return "REFRESH %d %d" % (message.afi, message.safi)
    return "KEEPALIVE" if packet.type == 4 else "type %d" % packet.type


def prefix(r):
    bits = r.randint(8, 32)
    number = r.randint(1 << 24, (224 << 24) - 1) >> (32 - bits) << (32 - bits)
    return "%s/%d" % (".".join(str(number >> s & 255) for s in (24, 16, 8, 0)), bits)


def prefix6(r):
    return "fd00:32::%x/128" % r.randint(1, 0xffff)


def pa(flags, code, value):
    return bgp.BGPPathAttr(type_flags=flags, type_code=code, attribute=value)


def large(r):
    # scapy has no class for attribute 32; its bytes are a list of numbers.
    numbers = sorted([r.randint(0, 99) for _ in range(3)] for _ in range(r.randint(1, 4)))
    unique = [n for i, n in enumerate(numbers) if i == 0 or numbers[i - 1] != n]
    value = b"".join(n.to_bytes(4, "big") for community in unique for n in community)
    return pa(0xC0, 32, bgp.conf.raw_layer(load=value))


def built6(r):
    hosts = [prefix6(r) for _ in range(r.randint(1, 12))]
    gone = [prefix6(r) for _ in range(r.randint(0, 6))]
    reach = bgp.BGPPAMPReachNLRI(
        afi=2, safi=1, nh_addr_len=16, nh_v6_addr="fd00:32::7", nlri=[bgp.BGPNLRI_IPv6(prefix=p) for p in hosts])
    unreach = bgp.BGPPAMPUnreachNLRI(
        afi=2, safi=1,
        afi_safi_specific=bgp.BGPPAMPUnreachNLRI_IPv6(withdrawn_routes=[bgp.BGPNLRI_IPv6(prefix=p) for p in gone]))
    attributes = [pa(0x80, 14, reach)] + ([pa(0x80, 15, unreach)] if gone else []) + [
        pa(0x40, 1, bgp.BGPPAOrigin(origin=0)),
        pa(0x40, 2, bgp.BGPPAAS4BytesPath(segments=[])),
        pa(0x40, 5, bgp.BGPPALocalPref(local_pref=100)),
    ] + ([large(r)] if r.random() < 0.5 else [])
    return bgp.BGPHeader(type=2) / bgp.BGPUpdate(path_attr=attributes)


def add_path(r):
    """A message with path identifiers, and what it means: scapy guesses when it reads them."""
    six = r.random() < 0.5
    kind = bgp.BGPNLRI_IPv6_AP if six else bgp.BGPNLRI_IPv4_AP
    routes = [(r.randint(1, 2**31 - 1), prefix6(r) if six else prefix(r)) for _ in range(r.randint(1, 9))]
    nlri = [kind(nlri_path_id=n, prefix=p) for n, p in routes]
    hop = "fd00:32::7" if six else "10.0.0.7"
    attributes = [pa(0x40, 1, bgp.BGPPAOrigin(origin=0)), pa(0x40, 2, bgp.BGPPAAS4BytesPath(segments=[]))]
    if six:
        attributes.insert(0, pa(0x80, 14, bgp.BGPPAMPReachNLRI(
            afi=2, safi=1, nh_addr_len=16, nh_v6_addr=hop, nlri=nlri)))
    else:
        attributes.append(pa(0x40, 3, bgp.BGPPANextHop(next_hop=hop)))
    attributes.append(pa(0x40, 5, bgp.BGPPALocalPref(local_pref=100)))
    raw = bytes(bgp.BGPHeader(type=2) / bgp.BGPUpdate(path_attr=attributes, nlri=[] if six else nlri))
    names = " ".join("%d:%s" % route for route in routes)
    return raw, "UPDATE  | %s | origin 0, as-path, next-hop %s, local-pref 100" % (names, hop)


def built(r):
    path = [bgp.BGPPAAS4BytesPath.ASPathSegment(
        segment_type=2, segment_value=[r.randint(1, 2**32 - 1) for _ in range(r.randint(1, 5))])]
    attributes = [
        pa(0x40, 1, bgp.BGPPAOrigin(origin=r.randint(0, 2))),
        pa(0x40, 2, bgp.BGPPAAS4BytesPath(segments=path if r.random() < 0.7 else [])),
        pa(0x40, 3, bgp.BGPPANextHop(next_hop="10.0.%d.%d" % (r.randint(0, 255), r.randint(1, 254)))),
        pa(0x40, 5, bgp.BGPPALocalPref(local_pref=r.randint(0, 2**32 - 1))),
    ]
    if r.random() < 0.5:
        attributes.append(pa(0x80, 4, bgp.BGPPAMultiExitDisc(med=r.randint(0, 2**32 - 1))))
    if r.random() < 0.3:
        attributes.append(large(r))
    if r.random() < 0.3:
        attributes.append(pa(0x80, 9, bgp.BGPPAOriginatorID(originator_id="10.9.8.%d" % r.randint(1, 9))))
    announced = [prefix(r) for _ in range(r.randint(1, 20))]
    withdrawn = [prefix(r) for _ in range(r.randint(0, 10))]
    return bgp.BGPHeader(type=2) / bgp.BGPUpdate(
        withdrawn_routes=[bgp.BGPNLRI_IPv4(prefix=p) for p in withdrawn],
        path_attr=attributes,
        nlri=[bgp.BGPNLRI_IPv4(prefix=p) for p in announced])


def main(arguments):
    if arguments[0] == "parse":
        for line in sys.stdin:
            print(meaning(bytes.fromhex(line.strip())))
    else:
        r = random.Random(int(arguments[1]))
        for i in range(int(arguments[2])):
            if arguments[0] == "add-path":
                raw, means = add_path(r)
            else:
                raw = bytes(built6(r) if i % 3 == 0 else built(r))
                means = meaning(raw)
            print("%s\t%s" % (raw.hex(), means))


main(sys.argv[1:])
