package dev.galatea.guardedhttp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rule which addresses may be called for somebody else: those of the public internet, so that nobody reaches what
 * is near by giving a name that leads there. IPv4 is open except for the special blocks; IPv6 is closed except for
 * global unicast, and closed there, too, where IPv4 addresses are embedded (6to4, Teredo). Immutable.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4 special-purpose addresses</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6 special-purpose addresses</a>
 */
public final class TargetAddresses {

    private static final List<AddressBlock> CLOSED_V4 = blocks(
            "0.0.0.0/8", // "this network", unspecified
            "10.0.0.0/8", // private
            "100.64.0.0/10", // carrier-grade NAT
            "127.0.0.0/8", // loopback
            "169.254.0.0/16", // link-local, metadata services
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16", // private
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4"); // reserved, broadcast

    /** All else (loopback, unspecified, NAT64, unique local, link-local, multicast) lies outside of it. */
    private static final AddressBlock GLOBAL_V6 = AddressBlock.of("2000::/3");

    private static final List<AddressBlock> CLOSED_V6 = blocks(
            "2001::/23", // protocol assignments, Teredo
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4
            "3fff::/20"); // documentation

    private final Resolver resolver;
    private final boolean allowPrivate;
    private final String setting;

    /** Looks up a name. */
    @FunctionalInterface
    public interface Resolver {

        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** One of the addresses of a name may not be reached. */
    public static final class ForbiddenAddressException extends Exception {

        private static final long serialVersionUID = 1L;

        ForbiddenAddressException(InetAddress address, String setting) {
            super("the address " + address.getHostAddress() + " is not public; allow it with " + setting);
        }
    }

    /**
     * @param allowPrivate true allows all addresses; for tests and private networks
     * @param setting the configuration key that {@code allowPrivate} comes from, for messages
     */
    public TargetAddresses(Resolver resolver, boolean allowPrivate, String setting) {
        this.resolver = resolver;
        this.allowPrivate = allowPrivate;
        this.setting = setting;
    }

    /** Looks up a name, or reads a literal address, once, and refuses all if one of them may not be reached. */
    List<InetAddress> of(String host) throws UnknownHostException, ForbiddenAddressException {
        InetAddress[] addresses = resolver.resolve(host);
        for (InetAddress address : addresses) {
            if (!allowPrivate && !isPublic(address)) {
                throw new ForbiddenAddressException(address, setting);
            }
        }
        return List.of(addresses);
    }

    static boolean isPublic(InetAddress address) {
        if (address instanceof Inet4Address) {
            return CLOSED_V4.stream().noneMatch(block -> block.contains(address));
        }
        return GLOBAL_V6.contains(address) && CLOSED_V6.stream().noneMatch(block -> block.contains(address));
    }

    private static List<AddressBlock> blocks(String... cidrs) {
        return Stream.of(cidrs).map(AddressBlock::of).toList();
    }
}
