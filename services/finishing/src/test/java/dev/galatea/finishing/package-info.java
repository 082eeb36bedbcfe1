@NullMarked
package dev.galatea.finishing;

import org.jspecify.annotations.NullMarked;
