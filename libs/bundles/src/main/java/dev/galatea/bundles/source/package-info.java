/**
 * Bundles that lie elsewhere, in a store or on a volume, and are brought to this machine when they are asked for. A
 * service reads the manifests of all and the files of those roles that it needs, no others.
 */
@NullMarked
package dev.galatea.bundles.source;

import org.jspecify.annotations.NullMarked;
