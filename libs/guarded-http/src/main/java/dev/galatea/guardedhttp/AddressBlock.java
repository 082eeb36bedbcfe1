package dev.galatea.guardedhttp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A block of addresses in CIDR notation, such as {@code 10.0.0.0/8}. Immutable. */
final class AddressBlock {

    private final byte[] network;
    private final int prefixLength;

    private AddressBlock(byte[] network, int prefixLength) {
        this.network = network;
        this.prefixLength = prefixLength;
    }

    static AddressBlock of(String cidr) {
        String[] parts = cidr.split("/", 2);
        try {
            // A literal address: nothing is looked up.
            return new AddressBlock(InetAddress.getByName(parts[0]).getAddress(), Integer.parseInt(parts[1]));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + cidr + "' is no block of addresses", e);
        }
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = prefixLength / Byte.SIZE;
        int rest = prefixLength % Byte.SIZE;
        if (!Arrays.equals(bytes, 0, whole, network, 0, whole)) {
            return false;
        }
        return rest == 0 || (bytes[whole] & 0xff) >> Byte.SIZE - rest == (network[whole] & 0xff) >> Byte.SIZE - rest;
    }
}
