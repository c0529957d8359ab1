using System.Text;
using CallCenter.Telephony.Spool;

namespace CallCenter.Telephony.Tests.Spool;

public sealed class SegmentLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<(string File, long Bytes)> damages = [];

    public void Dispose() => folder.Dispose();

    private SegmentLog Open(int segmentBytes = 1 << 20, Func<byte[]>? head = null) => new(folder.Path, "events", segmentBytes, head);

    private List<string> Recovered()
    {
        using var log = Open();
        var records = new List<string>();
        log.Recover((_, bytes) => records.Add(Encoding.UTF8.GetString(bytes)), (file, bytes) => damages.Add((file, bytes)));
        return records;
    }

    private string[] Files() => [.. Directory.GetFiles(folder.Path).Order()];

    /// <summary>What a killed process leaves: the files as they are, nothing closed.</summary>
    private void Write(params string[] records)
    {
        var log = Open();
        foreach (var record in records)
        {
            log.Append(Encoding.UTF8.GetBytes(record));
        }
    }

    private void Replace(byte[] bytes)
    {
        var path = folder.File("events-00000001.seg");
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
    }

    [Fact]
    public void What_was_appended_is_there_without_a_flush_or_a_close()
    {
        Write("one", "two", "three");
        Recovered().ShouldBe(["one", "two", "three"]);
        damages.ShouldBeEmpty();
    }

    [Fact]
    public void A_write_torn_at_any_byte_leaves_every_record_before_it()
    {
        Write("one", "two", "three");
        var whole = File.ReadAllBytes(Files()[0]);
        int[] ends = [11, 22, 35];
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            Replace(whole[..cut]);
            damages.Clear();
            var complete = ends.Count(e => e <= cut);
            Recovered().Count.ShouldBe(complete, $"cut at {cut}");
            damages.Count.ShouldBe(cut is 0 or 11 or 22 or 35 ? 0 : 1, $"cut at {cut}");
        }
    }

    [Fact]
    public void A_changed_byte_ends_the_segment_there_and_the_next_segment_is_read()
    {
        Write("one", "two");
        var path = Files()[0];
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        Replace(bytes);
        File.Copy(path, Path.Combine(folder.Path, "events-00000002.seg"));
        Recovered().ShouldBe(["one", "one"]);
        damages.Select(d => d.Bytes).ShouldBe([11L, 11L]);
    }

    [Fact]
    public void A_tail_of_zeros_is_not_a_record()
    {
        Write("one");
        Replace([.. File.ReadAllBytes(Files()[0]), .. new byte[4000]]);
        Recovered().ShouldBe(["one"]);
    }

    [Fact]
    public void A_segment_goes_when_all_its_records_are_released_and_it_is_not_the_last()
    {
        using var log = Open(segmentBytes: 20);
        var places = Enumerable.Range(0, 6).Select(i => log.Append(Encoding.UTF8.GetBytes($"record {i}"))).ToList();
        Files().Length.ShouldBe(3);
        log.Release(places[0]);
        Files().Length.ShouldBe(3);
        log.Release(places[1]);
        Files().Length.ShouldBe(2);
        log.Release(places[4]);
        log.Release(places[5]);
        Files().Length.ShouldBe(2);
        log.Unreleased.ShouldBe(2);
        log.Bytes.ShouldBe(Files().Sum(f => new FileInfo(f).Length));
        Encoding.UTF8.GetString(log.Read(places[2])!).ShouldBe("record 2");
        log.Read(places[0]).ShouldBeNull();
    }

    [Fact]
    public void Each_segment_begins_with_its_head()
    {
        var n = 0;
        var log = Open(segmentBytes: 20, () => Encoding.UTF8.GetBytes($"head {n++}"));
        log.Append("a long first record"u8);
        log.Append("b"u8);
        Recovered().ShouldBe(["head 0", "a long first record", "head 1", "b"]);
    }

    [Fact]
    public void Recovered_records_are_held_until_released_and_new_ones_go_to_a_new_segment()
    {
        Write("one", "two");
        using (var log = Open())
        {
            var found = new List<StoredRecord>();
            log.Recover((place, _) => found.Add(place), (_, _) => { });
            log.Append("three"u8);
            Files().Length.ShouldBe(2);
            found.ForEach(log.Release);
            Files().Length.ShouldBe(1);
        }
        Recovered().ShouldBe(["three"]);
    }

    [Fact]
    public void A_record_without_end_is_refused()
    {
        using var log = Open();
        Should.Throw<ArgumentOutOfRangeException>(() => log.Append(new byte[SegmentLog.RecordMaxBytes + 1]));
        Should.Throw<ArgumentOutOfRangeException>(() => log.Append([]));
    }
}
