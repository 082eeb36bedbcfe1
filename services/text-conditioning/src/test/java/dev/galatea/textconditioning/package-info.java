@NullMarked
package dev.galatea.textconditioning;

import org.jspecify.annotations.NullMarked;
