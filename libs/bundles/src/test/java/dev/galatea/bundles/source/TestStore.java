package dev.galatea.bundles.source;

import java.net.URI;

import dev.galatea.store.StoreConfig;

record TestStore(URI endpoint, String accessKey, String secretKey, String bucket, String region)
        implements StoreConfig {}
