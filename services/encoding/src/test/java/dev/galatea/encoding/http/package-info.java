@NullMarked
package dev.galatea.encoding.http;

import org.jspecify.annotations.NullMarked;
