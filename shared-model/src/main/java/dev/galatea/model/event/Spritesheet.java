package dev.galatea.model.event;

import dev.galatea.model.tensor.ObjectRef;

/**
 * Small pictures of a clip on one sheet, for those who want to look through it without loading it: row by row from the
 * top left, evenly spread from the first frame to the last. Places after the last picture are black.
 *
 * @param picture the JPEG; its width is a multiple of {@code columns}, its height one of {@code rows}
 * @param pictures number of pictures, at most {@code columns} × {@code rows}
 */
public record Spritesheet(ObjectRef picture, int columns, int rows, int pictures) {

    public Spritesheet {
        Fields.require("clip.spritesheet.picture", picture);
        Fields.requireAtLeast("clip.spritesheet.columns", columns, 1);
        Fields.requireAtLeast("clip.spritesheet.rows", rows, 1);
        Fields.requireAtLeast("clip.spritesheet.pictures", pictures, 1);
        if (pictures > (long) columns * rows) {
            throw new IllegalArgumentException(
                    "clip.spritesheet.pictures: must be at most " + columns + " x " + rows + ", was " + pictures);
        }
    }
}
