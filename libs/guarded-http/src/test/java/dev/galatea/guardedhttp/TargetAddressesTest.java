package dev.galatea.guardedhttp;

import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.guardedhttp.TargetAddresses.ForbiddenAddressException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TargetAddressesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.8.8.8",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::10.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:1::1",
                "2001:db8::1",
                "2002:a00:1::1",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void shouldRefuse_whatIsNotPublic(String address) throws Exception {
        assertThat(TargetAddresses.isPublic(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.1",
                "100.63.255.255",
                "100.128.0.1",
                "172.15.255.255",
                "172.32.0.1",
                "192.0.1.1",
                "198.17.255.255",
                "198.20.0.1",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "2001:200::1",
                "2606:4700:4700::1111",
                "2a00:1450:4001::1"
            })
    void shouldAllow_whatIsPublic(String address) throws Exception {
        assertThat(TargetAddresses.isPublic(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void shouldRefuseAll_whenOneAddressOfANameIsPrivate() throws Exception {
        InetAddress[] mixed = {InetAddress.getByName("1.1.1.1"), InetAddress.getByName("10.0.0.1")};
        TargetAddresses addresses = new TargetAddresses(host -> mixed, false, "a.setting");

        assertThatThrownBy(() -> addresses.of("hooks.example"))
                .isInstanceOf(ForbiddenAddressException.class)
                .hasMessageContaining("10.0.0.1")
                .hasMessageContaining("a.setting");
        assertThat(new TargetAddresses(host -> mixed, true, "a.setting").of("hooks.example"))
                .containsExactly(mixed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "localhost", "2130706433", "0x7f.1"})
    void shouldRefuse_howeverTheLoopbackIsWritten(String host) throws Exception {
        TargetAddresses addresses = new TargetAddresses(InetAddress::getAllByName, false, "a.setting");

        assertThatThrownBy(() -> addresses.of(host))
                .isInstanceOfAny(ForbiddenAddressException.class, java.net.UnknownHostException.class);
    }
}
