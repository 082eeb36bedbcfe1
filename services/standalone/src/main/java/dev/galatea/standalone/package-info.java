/**
 * The whole system in one JVM: the real Apache Kafka server, an S3-compatible store on the file system, and the same
 * service beans that run apart; and the command line in front of it.
 */
@NullMarked
package dev.galatea.standalone;

import org.jspecify.annotations.NullMarked;
