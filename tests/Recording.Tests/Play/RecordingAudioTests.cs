using System.Security.Cryptography;
using CallCenter.Contracts.Recording;
using CallCenter.Media;
using CallCenter.Recording.Play;
using CallCenter.Recording.Store;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Recording.Tests.Play;

public sealed class RecordingAudioTests : IDisposable
{
    private readonly Guid _tenant = Guid.CreateVersion7();
    private readonly Guid _recording = Guid.CreateVersion7();
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.blocks");
    private readonly List<StoredBlock> _stored = [];
    private readonly Blocks _blocks;

    public RecordingAudioTests() => _blocks = new Blocks(_tenant, _recording);

    public void Dispose() => File.Delete(_path);

    private void Store(int number, byte[] body)
    {
        using var file = new FileStream(_path, FileMode.Append);
        _stored.Add(new StoredBlock(number, file.Position, body.Length, SHA256.HashData(body)));
        _stored.Sort((a, b) => a.Number.CompareTo(b.Number));
        file.Write(body);
    }

    private RecordingStream Open(byte[]? sealedHash = null, long? lengthMs = null)
    {
        var cipher = new RecordingCipher(Blocks.DataKey, _tenant, _recording);
        SafeFileHandle? file = File.Exists(_path) ? File.OpenHandle(_path) : null;
        return new(RecordingIndex.Build(_recording, _stored, sealedHash, lengthMs, file, cipher), file, cipher);
    }

    private static Wav Play(Stream stream)
    {
        using (stream)
        {
            return Wav.Read(stream);
        }
    }

    private byte[] Chain()
    {
        var chain = new HashChain(_recording);
        _stored.ForEach(b => chain.Add(b.Number, b.Hash));
        return chain.Head;
    }

    [Fact]
    public void Each_channel_holds_its_own_voice()
    {
        foreach (var number in new[] { 2, 0, 1, 3 })
        {
            Store(number, _blocks.Sealed(number));
        }

        var wav = Play(Open(Chain(), lengthMs: 2000));
        (wav.Rate, wav.Channels, wav.Samples.Length).ShouldBe((8000, 2, 2 * 16_000));
        ToneProbe.DominantFrequency(wav.Channel(0), 8000).ShouldBe(440, 2);
        ToneProbe.Share(wav.Channel(0), 8000, 440).ShouldBeGreaterThan(0.98);
        ToneProbe.DominantFrequency(wav.Channel(1), 8000).ShouldBe(1000, 2);
        ToneProbe.Share(wav.Channel(1), 8000, 1000).ShouldBeGreaterThan(0.98);
    }

    [Fact]
    public void What_is_missing_is_silence()
    {
        Store(0, _blocks.Sealed(0));
        Store(2, _blocks.Sealed(2, milliseconds: 300));
        var caller = Play(Open(lengthMs: 1500)).Channel(0);
        caller.Length.ShouldBe(1500 * 8);
        caller[4000..8000].ShouldAllBe(s => s == 0);
        caller[10_400..].ShouldAllBe(s => s == 0);
        ToneProbe.Share(caller.AsSpan(8000, 2400), 8000, 440).ShouldBeGreaterThan(0.98);
    }

    [Fact]
    public void A_recording_without_blocks_is_silence_of_its_length() => Play(Open(lengthMs: 20)).Samples.ShouldBe(new short[320]);

    [Fact]
    public void Any_range_is_the_same_part_of_the_whole()
    {
        for (var number = 0; number < 4; number++)
        {
            Store(number, _blocks.Sealed(number, milliseconds: 400));
        }

        using var stream = Open();
        var whole = new byte[stream.Length];
        stream.ReadExactly(whole);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var from = random.Next(whole.Length);
            var part = new byte[random.Next(whole.Length - from)];
            stream.Position = from;
            stream.ReadExactly(part);
            part.AsSpan().SequenceEqual(whole.AsSpan(from, part.Length)).ShouldBeTrue($"seed {seed}");
        }

        stream.ReadByte().ShouldBeGreaterThanOrEqualTo(-1);
        stream.Position = stream.Length;
        stream.ReadByte().ShouldBe(-1);
    }

    [Fact]
    public void Every_changed_byte_is_found()
    {
        Store(0, _blocks.Sealed(0, milliseconds: 20));
        var bytes = File.ReadAllBytes(_path);
        for (var i = 0; i < bytes.Length; i += 7)
        {
            bytes[i] ^= 1;
            File.WriteAllBytes(_path, bytes);
            Should.Throw<RecordingDamagedException>(() => Open()).Message.ShouldContain("Block 0 was changed");
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public void A_block_of_another_place_does_not_open_even_under_a_right_hash()
    {
        Store(0, _blocks.Sealed(1));
        Should.Throw<RecordingDamagedException>(() => Open()).Message.ShouldContain("does not open");
        _stored.Clear();
        Store(0, new Blocks(Guid.CreateVersion7(), _recording).Sealed(0));
        Should.Throw<RecordingDamagedException>(() => Open());
    }

    [Fact]
    public void A_dropped_block_breaks_the_sealed_chain()
    {
        Store(0, _blocks.Sealed(0));
        Store(1, _blocks.Sealed(1));
        var chain = Chain();
        _stored.RemoveAt(1);
        Should.Throw<RecordingDamagedException>(() => Open(chain)).Message.ShouldContain("chain");
    }

    [Fact]
    public void A_file_that_was_cut_is_told()
    {
        Store(0, _blocks.Sealed(0));
        using (var file = File.OpenWrite(_path))
        {
            file.SetLength(file.Length - 1);
        }

        Should.Throw<RecordingDamagedException>(() => Open()).Message.ShouldContain("missing");
    }

    [Fact]
    public void Overlapping_and_unknown_blocks_are_told()
    {
        Store(0, _blocks.Sealed(0));
        Store(1, _blocks.Sealed(1, offsetMs: 499));
        Should.Throw<RecordingDamagedException>(() => Open()).Message.ShouldContain("before the one before");
        _stored.Clear();
        Store(0, _blocks.Seal(0, new byte[40]));
        Should.Throw<RecordingDamagedException>(() => Open()).Message.ShouldContain("layout");
    }
}
