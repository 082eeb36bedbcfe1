package dev.galatea.streams;

import java.util.Map;

import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** Limits the memory outside of the heap that all RocksDB stores of the process share; for stores of small values. */
public final class SharedRocksDbMemory implements RocksDBConfigSetter {

    private static final long CACHE_BYTES = 16L << 20;
    private static final long WRITE_BUFFER_BYTES = 4L << 20;

    /** The cache of all stores of the process; it is never closed. */
    private static final LRUCache CACHE = cache();

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(CACHE);
        options.setTableFormatConfig(table);
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(2);
    }

    private static LRUCache cache() {
        RocksDB.loadLibrary();
        return new LRUCache(CACHE_BYTES);
    }

    @Override
    public void close(String storeName, Options options) {
        // The cache is shared and stays.
    }
}
