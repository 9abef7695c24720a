//! Classifies IP addresses by who may connect to them. The tables follow IANA's special-purpose
//! address registries for IPv4 and IPv6, and add the metadata services of cloud providers that have
//! other addresses.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The class of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressClass {
    /// An address on the Internet.
    Public,
    /// An address of this machine or its network, with its kind as a noun phrase. Only a connection
    /// that is allowed private networks may reach it.
    Private(&'static str),
    /// An address that no connection may reach, with its kind as a noun phrase.
    Forbidden(&'static str),
}

/// The networks that a connection may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AllowedNetworks {
    /// The Internet alone.
    Public,
    /// Private networks and the Internet.
    All,
    /// Private networks alone. Used for plain http, so that no credential crosses the Internet
    /// unencrypted.
    PrivateOnly,
}

impl AllowedNetworks {
    /// Rejects an address outside these networks.
    ///
    /// # Errors
    /// Returns the address and its kind, as a noun phrase.
    pub(crate) fn check(self, address: IpAddr) -> Result<(), String> {
        match (self, classify(address)) {
            (_, AddressClass::Forbidden(kind)) | (Self::Public, AddressClass::Private(kind)) => {
                Err(format!("{address}, {kind}"))
            }
            (Self::PrivateOnly, AddressClass::Public) => Err(format!(
                "{address}, a public address, over unencrypted http"
            )),
            (Self::Public | Self::All, AddressClass::Public)
            | (Self::All | Self::PrivateOnly, AddressClass::Private(_)) => Ok(()),
        }
    }
}

/// Returns the class of an address. An IPv6 address that embeds an IPv4 address has the class of
/// that one.
pub(crate) fn classify(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(address) => classify_v4(address),
        IpAddr::V6(address) => classify_v6(address),
    }
}

use AddressClass::{Forbidden, Private, Public};

/// The special IPv4 networks. The first entry that contains an address decides; others are public.
const V4: &[(Ipv4Net, AddressClass)] = &[
    (
        v4([0, 0, 0, 0], 8),
        Forbidden("an address of \"this network\""),
    ),
    (v4([10, 0, 0, 0], 8), Private("a private address")),
    // The metadata service of Alibaba Cloud, within the shared address space.
    (
        v4([100, 100, 100, 200], 32),
        Forbidden("a metadata service"),
    ),
    (
        v4([100, 64, 0, 0], 10),
        Private("a carrier's shared address"),
    ),
    (v4([127, 0, 0, 0], 8), Private("a loopback address")),
    // The host agent of Azure has a public address, which leads to the agent only.
    (v4([168, 63, 129, 16], 32), Forbidden("a metadata service")),
    (
        v4([169, 254, 0, 0], 16),
        Forbidden("a link-local address, where metadata services live"),
    ),
    (v4([172, 16, 0, 0], 12), Private("a private address")),
    (
        v4([192, 0, 0, 0], 24),
        Forbidden("an address for protocol assignments"),
    ),
    (v4([192, 0, 2, 0], 24), Forbidden("a documentation address")),
    (v4([192, 88, 99, 0], 24), Forbidden("a 6to4 relay")),
    (v4([192, 168, 0, 0], 16), Private("a private address")),
    (v4([198, 18, 0, 0], 15), Forbidden("a benchmarking address")),
    (
        v4([198, 51, 100, 0], 24),
        Forbidden("a documentation address"),
    ),
    (
        v4([203, 0, 113, 0], 24),
        Forbidden("a documentation address"),
    ),
    (v4([224, 0, 0, 0], 4), Forbidden("a multicast address")),
    (
        v4([255, 255, 255, 255], 32),
        Forbidden("the broadcast address"),
    ),
    (v4([240, 0, 0, 0], 4), Forbidden("a reserved address")),
];

/// The special and the public IPv6 networks. The first entry that contains an address decides.
const V6: &[(Ipv6Net, AddressClass)] = &[
    (v6([0; 8], 128), Forbidden("the unspecified address")),
    (
        v6([0, 0, 0, 0, 0, 0, 0, 1], 128),
        Private("a loopback address"),
    ),
    // The metadata services of AWS, Google Cloud, Oracle Cloud and Scaleway, within the unique
    // local addresses.
    (
        v6([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0], 32),
        Forbidden("a metadata service"),
    ),
    (
        v6([0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0], 32),
        Forbidden("a metadata service"),
    ),
    (
        v6([0xfd00, 0x00c1, 0, 0, 0, 0, 0, 0], 32),
        Forbidden("a metadata service"),
    ),
    (
        v6([0xfd00, 0x0042, 0, 0, 0, 0, 0, 0], 32),
        Forbidden("a metadata service"),
    ),
    (
        v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
        Private("a unique local address"),
    ),
    (
        v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
        Forbidden("a link-local address"),
    ),
    (
        v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),
        Forbidden("a site-local address"),
    ),
    (
        v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
        Forbidden("a multicast address"),
    ),
    // NAT64 with a prefix of the network's own: only that network knows where the IPv4 address is.
    (
        v6([0x0064, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
        Forbidden("a local NAT64 address"),
    ),
    // Tunnels over public relays. No application is reached through them, and both hide an IPv4
    // address.
    (
        v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32),
        Forbidden("a Teredo address"),
    ),
    (
        v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
        Forbidden("a 6to4 address"),
    ),
    // Includes benchmarking and ORCHID.
    (
        v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
        Forbidden("an address for protocol assignments"),
    ),
    (
        v6([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32),
        Forbidden("a documentation address"),
    ),
    (
        v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
        Forbidden("a documentation address"),
    ),
    // The only part of the address space that is assigned on the Internet; the rest is reserved.
    (v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3), Public),
];

/// Prefixes whose last 32 bits are an IPv4 address: compatible, mapped, translated (SIIT), and the
/// well-known prefix of NAT64, over which an IPv6-only network reaches IPv4-only applications.
const V4_IN_V6: &[Ipv6Net] = &[
    v6([0; 8], 96),
    v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
    v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96),
    v6([0x0064, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
];

fn classify_v4(address: Ipv4Addr) -> AddressClass {
    V4.iter()
        .find(|(network, _)| network.contains(&address))
        .map_or(Public, |(_, class)| *class)
}

fn classify_v6(address: Ipv6Addr) -> AddressClass {
    if let Some((_, class)) = V6.iter().find(|(network, _)| network.contains(&address)) {
        return *class;
    }
    if V4_IN_V6.iter().any(|network| network.contains(&address)) {
        let [.., a, b, c, d] = address.octets();
        return classify_v4(Ipv4Addr::new(a, b, c, d));
    }

    Forbidden("a reserved address")
}

const fn v4(octets: [u8; 4], length: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(segments: [u16; 8], length: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class_of(text: &str) -> AddressClass {
        classify(text.parse().unwrap())
    }

    #[test]
    fn internet_addresses_are_public() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "223.255.255.255",
        ] {
            assert_eq!(class_of(text), Public, "{text}");
        }

        for text in [
            "2606:4700::1111",
            "2a00:1450:4001::64",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert_eq!(class_of(text), Public, "{text}");
        }
    }

    #[test]
    fn private_addresses_are_private_in_every_embedding() {
        for text in [
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
        ] {
            assert!(matches!(class_of(text), Private(_)), "{text}");
            assert!(
                matches!(class_of(&format!("::ffff:{text}")), Private(_)),
                "{text} mapped"
            );
            assert!(
                matches!(class_of(&format!("64:ff9b::{text}")), Private(_)),
                "{text} by NAT64"
            );
            assert!(
                matches!(class_of(&format!("::{text}")), Private(_)),
                "{text} compatible"
            );
            assert!(
                matches!(class_of(&format!("::ffff:0:{text}")), Private(_)),
                "{text} translated"
            );
        }

        for text in ["::1", "fc00::1", "fd12:3456::1"] {
            assert!(matches!(class_of(text), Private(_)), "{text}");
        }
    }

    #[test]
    fn special_addresses_are_forbidden_in_every_embedding() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(matches!(class_of(text), Forbidden(_)), "{text}");
            assert!(
                matches!(class_of(&format!("::ffff:{text}")), Forbidden(_)),
                "{text} mapped"
            );
            assert!(
                matches!(class_of(&format!("64:ff9b::{text}")), Forbidden(_)),
                "{text} by NAT64"
            );
        }

        for text in [
            "::",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe",
            "fd00:42::42",
            "64:ff9b:1::a00:1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "100::1",
            "5f00::1",
            "4000::1",
            "::ffff:169.254.169.254",
        ] {
            assert!(matches!(class_of(text), Forbidden(_)), "{text}");
        }
    }

    #[test]
    fn allowed_networks_check_by_class() {
        let [public, private, forbidden] =
            ["8.8.8.8", "10.0.0.1", "169.254.169.254"].map(|text| text.parse().unwrap());

        assert!(AllowedNetworks::Public.check(public).is_ok());
        assert!(AllowedNetworks::Public.check(private).is_err());
        assert!(AllowedNetworks::All.check(public).is_ok());
        assert!(AllowedNetworks::All.check(private).is_ok());
        assert!(AllowedNetworks::PrivateOnly.check(public).is_err());
        assert!(AllowedNetworks::PrivateOnly.check(private).is_ok());

        for networks in [
            AllowedNetworks::Public,
            AllowedNetworks::All,
            AllowedNetworks::PrivateOnly,
        ] {
            assert!(networks.check(forbidden).is_err());
        }
    }
}
