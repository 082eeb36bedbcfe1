package dev.galatea.deploy;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates as Strimzi's operator does: one authority for the cluster, another one for its users. */
final class CertificateAuthority {

    private final X500Principal name;
    private final PrivateKey key;
    private final X509Certificate certificate;
    private int serial = 1;

    CertificateAuthority(String commonName) throws GeneralSecurityException, IOException, OperatorCreationException {
        name = new X500Principal("CN=" + commonName);
        KeyPair keys = newKeys();
        key = keys.getPrivate();
        certificate = sign(name, keys, Extension.basicConstraints, new BasicConstraints(true));
    }

    /** Writes a key and its certificate for the holder, who is reached at the loopback address if anywhere. */
    void issue(String commonName, Path file, String password)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        KeyPair keys = newKeys();
        GeneralNames loopback = new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        X509Certificate issued =
                sign(new X500Principal("CN=" + commonName), keys, Extension.subjectAlternativeName, loopback);
        KeyStore store = newStore();
        store.setKeyEntry(
                commonName, keys.getPrivate(), password.toCharArray(), new Certificate[] {issued, certificate});
        write(store, file, password);
    }

    /** Writes the authority's own certificate, for those who shall trust it. */
    void publish(Path file, String password) throws GeneralSecurityException, IOException {
        KeyStore store = newStore();
        store.setCertificateEntry("ca.crt", certificate);
        write(store, file, password);
    }

    private X509Certificate sign(
            X500Principal subject,
            KeyPair keys,
            org.bouncycastle.asn1.ASN1ObjectIdentifier extension,
            org.bouncycastle.asn1.ASN1Encodable value)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(serial++),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                subject,
                keys.getPublic());
        builder.addExtension(extension, true, value);
        PrivateKey signer = key == null ? keys.getPrivate() : key;
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static KeyStore newStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static void write(KeyStore store, Path file, String password) throws GeneralSecurityException, IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
    }
}
