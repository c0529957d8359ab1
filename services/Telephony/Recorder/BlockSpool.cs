using System.Text.Json;
using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Recording;
using CallCenter.Telephony.Spool;

namespace CallCenter.Telephony.Recorder;

/// <summary>Which block a record holds. Its sealed body follows the header's line feed.</summary>
/// <param name="EndMs">Where the block's audio ends, in milliseconds after the recording's start.</param>
internal sealed record BlockHeader(Guid Tenant, Guid Contact, Guid Recording, Guid? Agent, long Number, long EndMs);

/// <summary>A sealed block read back from disk.</summary>
internal sealed record SpooledBlock(BlockHeader Header, byte[] Body);

/// <summary>What waits for the shipper: a block, or the news that a recording got its last one.</summary>
internal readonly record struct Waiting(StoredRecord? Block, Guid? Complete);

/// <summary>A recording's progress as a segment's head keeps it.</summary>
internal sealed record ProgressEntry(Guid Recording, long Blocks, long LengthMs);

/// <summary>
/// Sealed recording blocks of one incarnation on disk until Recording has them. Each segment begins with the progress of the
/// recordings then open, so that after a crash their number of blocks is known although shipped segments are gone.
/// </summary>
internal sealed class BlockSpool : IDisposable
{
    public const int SegmentBytes = 16 << 20;

    /// <summary>Blocks waiting to be shipped. Beyond it a block stays on disk only and is shipped at the next start.</summary>
    public const int WaitingMax = 1 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, RecordingProgress> open = [];
    private readonly Channel<Waiting> waiting = Channel.CreateBounded<Waiting>(WaitingMax);
    private readonly List<StoredRecord> heads = [];
    private readonly SegmentLog log;

    public BlockSpool(string folder) => log = new SegmentLog(folder, "blocks", SegmentBytes, Head);

    public long Bytes => log.Bytes;

    /// <summary>Blocks not yet accepted by Recording.</summary>
    public long Unshipped => log.Unreleased;

    public ChannelReader<Waiting> Waiting => waiting.Reader;

    /// <summary>Reads what an earlier process left; its blocks wait to be shipped again.</summary>
    public void Recover(Action<string, long> damaged)
    {
        lock (gate)
        {
            log.Recover(Recovered, damaged);
        }
    }

    /// <summary>How far an open recording came; nothing for one without blocks.</summary>
    public RecordingProgress Progress(Guid recording)
    {
        lock (gate)
        {
            return open.GetValueOrDefault(recording);
        }
    }

    /// <summary>Stores a sealed block. Throws <see cref="IOException"/> when the disk refuses it.</summary>
    public void Append(BlockHeader header, ReadOnlySpan<byte> body)
    {
        byte[] head = [.. JsonSerializer.SerializeToUtf8Bytes(header, EventCatalog.Json), (byte)'\n'];
        lock (gate)
        {
            var place = log.Append(head, body);
            Advance(header);
            // When the queue is full the record simply stays: disk use refuses new calls before that.
            waiting.Writer.TryWrite(new(place, null));
        }
    }

    /// <summary>The recording has its last block: the shipper need not wait for more.</summary>
    public void Forget(Guid recording)
    {
        lock (gate)
        {
            open.Remove(recording);
            waiting.Writer.TryWrite(new(null, recording));
        }
    }

    /// <summary>The block at this place; null when it is damaged.</summary>
    public SpooledBlock? Read(StoredRecord place) => log.Read(place) is { } bytes ? Parse(bytes) : null;

    /// <summary>Recording has the block.</summary>
    public void Shipped(StoredRecord place) => log.Release(place);

    public void Flush() => log.Flush();

    /// <summary>No block follows: the shipper ends after the last one.</summary>
    public void Complete()
    {
        waiting.Writer.TryComplete();
        heads.ForEach(log.Release);
        heads.Clear();
    }

    public void Dispose()
    {
        Complete();
        log.Dispose();
    }

    private void Recovered(StoredRecord place, byte[] bytes)
    {
        if (bytes[0] == (byte)'[')
        {
            open.Clear();
            foreach (var entry in JsonSerializer.Deserialize<ProgressEntry[]>(bytes, EventCatalog.Json)!)
            {
                open[entry.Recording] = new(entry.Blocks, entry.LengthMs);
            }
            heads.Add(place);
            return;
        }
        if (Parse(bytes) is { } block)
        {
            Advance(block.Header);
        }
        waiting.Writer.TryWrite(new(place, null));
    }

    private void Advance(BlockHeader header) => open[header.Recording] = new(header.Number + 1, header.EndMs);

    private byte[] Head() => JsonSerializer.SerializeToUtf8Bytes(
        open.Select(p => new ProgressEntry(p.Key, p.Value.Blocks, p.Value.LengthMs)), EventCatalog.Json);

    private static SpooledBlock? Parse(byte[] record)
    {
        var end = Array.IndexOf(record, (byte)'\n');
        return end < 0 ? null : new(JsonSerializer.Deserialize<BlockHeader>(record.AsSpan(0, end), EventCatalog.Json)!, record[(end + 1)..]);
    }
}
