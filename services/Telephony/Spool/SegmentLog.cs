using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Telephony.Spool;

/// <summary>Where a record lies: given by <see cref="SegmentLog.Append"/>, given back by <see cref="SegmentLog.Release"/>.</summary>
internal sealed record StoredRecord(long Segment, long Offset, int Length);

/// <summary>
/// Append-only records in segment files of one folder. A record is its length (4 bytes, little endian), the CRC-32C of its
/// bytes (4) and the bytes. Append writes at once (a killed process loses nothing), <see cref="Flush"/> makes it durable
/// (a power cut loses what came since). A segment is deleted when it is not the one written to and all its records were released.
/// </summary>
/// <remarks>Any thread. A torn or damaged record ends its segment for the reader; what follows it there is not trusted.</remarks>
internal sealed class SegmentLog : IDisposable
{
    /// <summary>A longer record is refused: it would be a fault, not an event or a block.</summary>
    public const int RecordMaxBytes = 1 << 20;

    private const int HeaderBytes = 8;
    private readonly Lock gate = new();
    private readonly string folder;
    private readonly string name;
    private readonly int segmentBytes;
    private readonly Func<byte[]>? head;
    private readonly SortedDictionary<long, Segment> segments = [];
    // One for all records: a recorded call writes 16 kB a second.
    private byte[] buffer = [];
    private Segment? current;
    private long lastNumber;
    private bool dirty;

    /// <summary>Opens the folder's log of this name. <paramref name="head"/> gives a record that each new segment begins with; it is released from the start.</summary>
    public SegmentLog(string folder, string name, int segmentBytes, Func<byte[]>? head = null)
    {
        this.folder = folder;
        this.name = name;
        this.segmentBytes = segmentBytes;
        this.head = head;
        Directory.CreateDirectory(folder);
    }

    /// <summary>Bytes on disk.</summary>
    public long Bytes { get; private set; }

    /// <summary>Records appended or found and not released.</summary>
    public long Unreleased { get; private set; }

    /// <summary>
    /// Reads what an earlier process left, oldest first; each record is held until released. Called once, before the first
    /// Append, which then begins a new segment. One segment is in memory at a time.
    /// </summary>
    /// <param name="found">Told each record.</param>
    /// <param name="damaged">Told the file and the number of bytes at its end that hold no whole record.</param>
    public void Recover(Action<StoredRecord, byte[]> found, Action<string, long> damaged)
    {
        lock (gate)
        {
            foreach (var (number, path) in Files())
            {
                lastNumber = number;
                var segment = new Segment(number, path, File.OpenHandle(path, FileMode.Open, FileAccess.Read));
                segments[number] = segment;
                ReadSegment(segment, found, damaged);
            }
        }
    }

    /// <summary>Appends and writes a record, of two parts if need be. Throws <see cref="IOException"/> when the disk refuses it; the log stays usable.</summary>
    public StoredRecord Append(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> rest = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length + rest.Length, RecordMaxBytes);
        ArgumentOutOfRangeException.ThrowIfZero(bytes.Length);
        lock (gate)
        {
            if (current is null || current.Length >= segmentBytes)
            {
                Roll();
            }
            var place = Write(current!, bytes, rest);
            current!.Held++;
            Unreleased++;
            return place;
        }
    }

    /// <summary>Reads a record again; null when its segment is gone or its bytes are damaged.</summary>
    public byte[]? Read(StoredRecord place)
    {
        SafeFileHandle handle;
        lock (gate)
        {
            if (!segments.TryGetValue(place.Segment, out var segment))
            {
                return null;
            }
            handle = segment.Handle;
        }
        var record = new byte[HeaderBytes + place.Length];
        return RandomAccess.Read(handle, record, place.Offset) == record.Length
            && BinaryPrimitives.ReadInt32LittleEndian(record) == place.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(4)) == Crc32C(record.AsSpan(HeaderBytes))
            ? record[HeaderBytes..]
            : null;
    }

    /// <summary>The record is not needed any more; once for each record.</summary>
    public void Release(StoredRecord place)
    {
        lock (gate)
        {
            if (segments.TryGetValue(place.Segment, out var segment))
            {
                segment.Held--;
                Unreleased--;
                DeleteIfDone(segment);
            }
        }
    }

    /// <summary>Makes what was appended durable (fsync).</summary>
    public void Flush()
    {
        SafeFileHandle handle;
        var kept = false;
        lock (gate)
        {
            if (!dirty || current is null)
            {
                return;
            }
            dirty = false;
            handle = current.Handle;
            // Outside the lock, so that appends do not wait for the disk: the reference keeps the file open meanwhile.
            handle.DangerousAddRef(ref kept);
        }
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        finally
        {
            handle.DangerousRelease();
        }
    }

    /// <summary>Closes the files; what was not released stays for the next start.</summary>
    public void Dispose()
    {
        Flush();
        lock (gate)
        {
            current = null;
            foreach (var segment in segments.Values)
            {
                segment.Handle.Dispose();
                if (segment.Held == 0)
                {
                    File.Delete(segment.Path);
                }
            }
            segments.Clear();
        }
    }

    private IEnumerable<(long Number, string Path)> Files() =>
        Directory.EnumerateFiles(folder, name + "-*.seg")
            .Select(path => (long.TryParse(Path.GetFileNameWithoutExtension(path)[(name.Length + 1)..], out var n) ? n : -1, path))
            .Where(f => f.Item1 > 0)
            .OrderBy(f => f.Item1);

    private void ReadSegment(Segment segment, Action<StoredRecord, byte[]> found, Action<string, long> damaged)
    {
        var bytes = new byte[RandomAccess.GetLength(segment.Handle)];
        var read = RandomAccess.Read(segment.Handle, bytes, 0);
        Bytes += bytes.Length;
        segment.Length = bytes.Length;
        var at = 0;
        while (at + HeaderBytes <= read)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
            if (length is <= 0 or > RecordMaxBytes || at + HeaderBytes + length > read
                || Crc32C(bytes.AsSpan(at + HeaderBytes, length)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4)))
            {
                break;
            }
            segment.Held++;
            Unreleased++;
            found(new(segment.Number, at, length), bytes[(at + HeaderBytes)..(at + HeaderBytes + length)]);
            at += HeaderBytes + length;
        }
        if (at < bytes.Length)
        {
            damaged(segment.Path, bytes.Length - at);
        }
    }

    private void Roll()
    {
        var number = lastNumber + 1;
        var path = Path.Combine(folder, $"{name}-{number:D8}.seg");
        var next = new Segment(number, path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read));
        var previous = current;
        if (previous is not null && dirty)
        {
            RandomAccess.FlushToDisk(previous.Handle);
        }
        lastNumber = number;
        segments[number] = next;
        current = next;
        if (head is not null)
        {
            Write(next, head(), default);
        }
        if (previous is not null)
        {
            DeleteIfDone(previous);
        }
    }

    private StoredRecord Write(Segment segment, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> rest)
    {
        var length = bytes.Length + rest.Length;
        if (buffer.Length < HeaderBytes + length)
        {
            buffer = new byte[BitOperations.RoundUpToPowerOf2((uint)(HeaderBytes + length))];
        }
        var record = buffer.AsSpan(0, HeaderBytes + length);
        bytes.CopyTo(record[HeaderBytes..]);
        rest.CopyTo(record[(HeaderBytes + bytes.Length)..]);
        BinaryPrimitives.WriteInt32LittleEndian(record, length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C(record[HeaderBytes..]));
        var place = new StoredRecord(segment.Number, segment.Length, length);
        // A write that failed half-way is overwritten by the next one: Length grows only after success.
        RandomAccess.Write(segment.Handle, record, segment.Length);
        segment.Length += record.Length;
        Bytes += record.Length;
        dirty = true;
        return place;
    }

    private void DeleteIfDone(Segment segment)
    {
        if (segment.Held > 0 || segment == current)
        {
            return;
        }
        segments.Remove(segment.Number);
        Bytes -= segment.Length;
        segment.Handle.Dispose();
        File.Delete(segment.Path);
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return ~crc;
    }

    private sealed class Segment(long number, string path, SafeFileHandle handle)
    {
        public long Number { get; } = number;
        public string Path { get; } = path;
        public SafeFileHandle Handle { get; } = handle;
        public long Length { get; set; }
        public int Held { get; set; }
    }
}
