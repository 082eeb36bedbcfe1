/** What the public port serves besides the API: the page's policy, and the way to the management interface. */
@NullMarked
package dev.galatea.gateway.door;

import org.jspecify.annotations.NullMarked;
