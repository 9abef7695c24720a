//! Which addresses can be reached. The table follows IANA's special-purpose address registries for IPv4 and IPv6, and adds the metadata
//! services of cloud providers that live elsewhere.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is, as far as reaching it is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The Internet.
    Public,
    /// This machine or its network: reached only by a connection that was allowed to.
    Private(&'static str),
    /// Reached by no connection.
    Never(&'static str),
}

/// Whom a connection may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The Internet.
    Public,
    /// Private networks and the Internet.
    Everywhere,
    /// Private networks alone: where plain http is spoken, so that no credential crosses the Internet unencrypted.
    PrivateOnly,
}

impl Reach {
    /// Refuses an address out of reach.
    ///
    /// # Errors
    /// What the address is, as a noun phrase.
    pub(crate) fn check(self, address: IpAddr) -> Result<(), String> {
        match (self, kind(address)) {
            (_, Kind::Never(what)) => Err(format!("{address}, {what}")),
            (Self::Public, Kind::Private(what)) => Err(format!("{address}, {what}")),
            (Self::PrivateOnly, Kind::Public) => Err(format!(
                "{address}, a public address, over unencrypted http"
            )),
            (Self::Public | Self::Everywhere, Kind::Public)
            | (Self::Everywhere | Self::PrivateOnly, Kind::Private(_)) => Ok(()),
        }
    }
}

/// What an address is. An IPv6 address that stands for an IPv4 address is what that one is.
pub(crate) fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => kind_v6(address),
    }
}

use Kind::{Never, Private, Public};

const V4: &[(Ipv4Net, Kind)] = &[
    (v4([0, 0, 0, 0], 8), Never("an address of \"this network\"")),
    (v4([10, 0, 0, 0], 8), Private("a private address")),
    // The metadata service of Alibaba Cloud, within the shared address space.
    (v4([100, 100, 100, 200], 32), Never("a metadata service")),
    (
        v4([100, 64, 0, 0], 10),
        Private("a carrier's shared address"),
    ),
    (v4([127, 0, 0, 0], 8), Private("a loopback address")),
    // Azure's host agent has a public address that leads nowhere but to the agent.
    (v4([168, 63, 129, 16], 32), Never("a metadata service")),
    (
        v4([169, 254, 0, 0], 16),
        Never("a link-local address, where metadata services live"),
    ),
    (v4([172, 16, 0, 0], 12), Private("a private address")),
    (
        v4([192, 0, 0, 0], 24),
        Never("an address for protocol assignments"),
    ),
    (v4([192, 0, 2, 0], 24), Never("a documentation address")),
    (v4([192, 88, 99, 0], 24), Never("a 6to4 relay")),
    (v4([192, 168, 0, 0], 16), Private("a private address")),
    (v4([198, 18, 0, 0], 15), Never("a benchmarking address")),
    (v4([198, 51, 100, 0], 24), Never("a documentation address")),
    (v4([203, 0, 113, 0], 24), Never("a documentation address")),
    (v4([224, 0, 0, 0], 4), Never("a multicast address")),
    (v4([255, 255, 255, 255], 32), Never("the broadcast address")),
    (v4([240, 0, 0, 0], 4), Never("a reserved address")),
];

/// The first entry that contains an address decides.
const V6: &[(Ipv6Net, Kind)] = &[
    (v6([0; 8], 128), Never("the unspecified address")),
    (
        v6([0, 0, 0, 0, 0, 0, 0, 1], 128),
        Private("a loopback address"),
    ),
    // The metadata services of AWS, Google Cloud, Oracle Cloud and Scaleway, within the unique local addresses.
    (
        v6([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0], 32),
        Never("a metadata service"),
    ),
    (
        v6([0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0], 32),
        Never("a metadata service"),
    ),
    (
        v6([0xfd00, 0x00c1, 0, 0, 0, 0, 0, 0], 32),
        Never("a metadata service"),
    ),
    (
        v6([0xfd00, 0x0042, 0, 0, 0, 0, 0, 0], 32),
        Never("a metadata service"),
    ),
    (
        v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
        Private("a unique local address"),
    ),
    (
        v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
        Never("a link-local address"),
    ),
    (
        v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),
        Never("a site-local address"),
    ),
    (
        v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
        Never("a multicast address"),
    ),
    // Translation with a prefix of the network's own: where the IPv4 address stands in it is not known outside that network.
    (
        v6([0x0064, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
        Never("a local NAT64 address"),
    ),
    // Tunnels over relays that nobody answers for. No application lives behind them, and both hide an IPv4 address.
    (
        v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32),
        Never("a Teredo address"),
    ),
    (
        v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
        Never("a 6to4 address"),
    ),
    // With benchmarking, ORCHID and others in it.
    (
        v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
        Never("an address for protocol assignments"),
    ),
    (
        v6([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32),
        Never("a documentation address"),
    ),
    (
        v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
        Never("a documentation address"),
    ),
    // The only part of the address space that is given out for use on the Internet; what is outside it is reserved.
    (v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3), Public),
];

/// Prefixes whose last 32 bits are an IPv4 address: compatible, mapped, translated (SIIT), and the well-known prefix of NAT64, which is how
/// a network without IPv4 reaches every IPv4-only application.
const V4_IN_V6: &[Ipv6Net] = &[
    v6([0; 8], 96),
    v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
    v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96),
    v6([0x0064, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
];

fn kind_v4(address: Ipv4Addr) -> Kind {
    V4.iter()
        .find(|(network, _)| network.contains(&address))
        .map_or(Public, |(_, kind)| *kind)
}

fn kind_v6(address: Ipv6Addr) -> Kind {
    if let Some((_, kind)) = V6.iter().find(|(network, _)| network.contains(&address)) {
        return *kind;
    }
    if V4_IN_V6.iter().any(|network| network.contains(&address)) {
        let [.., a, b, c, d] = address.octets();
        return kind_v4(Ipv4Addr::new(a, b, c, d));
    }
    Never("a reserved address")
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

    fn of(text: &str) -> Kind {
        kind(text.parse().unwrap())
    }

    #[test]
    fn the_internet_is_public() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "223.255.255.255",
        ] {
            assert_eq!(of(text), Public, "{text}");
        }
        for text in [
            "2606:4700::1111",
            "2a00:1450:4001::64",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert_eq!(of(text), Public, "{text}");
        }
    }

    #[test]
    fn private_networks_are_private() {
        for text in [
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
        ] {
            assert!(matches!(of(text), Private(_)), "{text}");
            assert!(
                matches!(of(&format!("::ffff:{text}")), Private(_)),
                "{text} mapped"
            );
            assert!(
                matches!(of(&format!("64:ff9b::{text}")), Private(_)),
                "{text} by NAT64"
            );
            assert!(
                matches!(of(&format!("::{text}")), Private(_)),
                "{text} compatible"
            );
            assert!(
                matches!(of(&format!("::ffff:0:{text}")), Private(_)),
                "{text} translated"
            );
        }
        for text in ["::1", "fc00::1", "fd12:3456::1"] {
            assert!(matches!(of(text), Private(_)), "{text}");
        }
    }

    #[test]
    fn some_addresses_are_never_reached() {
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
            assert!(matches!(of(text), Never(_)), "{text}");
            assert!(
                matches!(of(&format!("::ffff:{text}")), Never(_)),
                "{text} mapped"
            );
            assert!(
                matches!(of(&format!("64:ff9b::{text}")), Never(_)),
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
            assert!(matches!(of(text), Never(_)), "{text}");
        }
    }

    #[test]
    fn reach_decides_by_kind() {
        let [public, private, never] =
            ["8.8.8.8", "10.0.0.1", "169.254.169.254"].map(|text| text.parse().unwrap());
        assert!(Reach::Public.check(public).is_ok());
        assert!(Reach::Public.check(private).is_err());
        assert!(Reach::Everywhere.check(public).is_ok());
        assert!(Reach::Everywhere.check(private).is_ok());
        assert!(Reach::PrivateOnly.check(public).is_err());
        assert!(Reach::PrivateOnly.check(private).is_ok());
        for reach in [Reach::Public, Reach::Everywhere, Reach::PrivateOnly] {
            assert!(reach.check(never).is_err());
        }
    }
}
