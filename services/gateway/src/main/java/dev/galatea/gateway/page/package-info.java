/** What the files of the page need beyond being served: that a browser sees an upgrade at once. */
@NullMarked
package dev.galatea.gateway.page;

import org.jspecify.annotations.NullMarked;
