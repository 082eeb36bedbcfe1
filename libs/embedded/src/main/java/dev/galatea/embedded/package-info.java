/**
 * The real Apache Kafka server and an S3-compatible store, in process: for the standalone system, for one host without
 * either, and for tests. Plain Java; whoever starts them stops them.
 */
@NullMarked
package dev.galatea.embedded;

import org.jspecify.annotations.NullMarked;
