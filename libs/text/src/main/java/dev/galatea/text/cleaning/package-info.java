/**
 * Prompts as model families clean them before the tokenizer. The repair of garbled text follows ftfy 6.3.1 (Robyn
 * Speer, Apache-2.0; see NOTICE), whose tables {@code tables.json} holds; src/main/python/make_cleaning_tables.py
 * writes it. Pure Java.
 */
@NullMarked
package dev.galatea.text.cleaning;

import org.jspecify.annotations.NullMarked;
