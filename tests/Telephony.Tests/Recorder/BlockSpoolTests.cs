using System.Security.Cryptography;
using CallCenter.Contracts.Recording;
using CallCenter.Media;
using CallCenter.Telephony.Recorder;
using CallCenter.Telephony.Spool;

namespace CallCenter.Telephony.Tests.Recorder;

public sealed class BlockSpoolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RecordingIdentity identity = new(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public void Dispose() => folder.Dispose();

    private async Task<byte[]> Record(BlockSpool spool, int blocks, int skipAt = -1)
    {
        var audio = RandomNumberGenerator.GetBytes(8000);
        using var recording = new CallRecording(identity, key, spool);
        for (var n = 0; n < blocks; n++)
        {
            if (n != skipAt)
            {
                await recording.WriteAsync(new TapBlock(n, TimeSpan.FromMilliseconds(500 * n), DateTimeOffset.UnixEpoch,
                    AudioCodec.Pcma, audio.AsMemory(0, 4000), AudioCodec.Pcmu, audio.AsMemory(4000, 4000)));
            }
        }
        return audio;
    }

    private static List<SpooledBlock> Waiting(BlockSpool spool)
    {
        var blocks = new List<SpooledBlock>();
        while (spool.Waiting.TryRead(out var next))
        {
            blocks.Add(spool.Read(next.Block!)!);
        }
        return blocks;
    }

    [Fact]
    public async Task What_was_recorded_opens_with_the_tenant_s_key_and_nowhere_else()
    {
        using var spool = new BlockSpool(folder.Path);
        var audio = await Record(spool, 3, skipAt: 1);
        var blocks = Waiting(spool);
        blocks.Select(b => b.Header.Number).ShouldBe([0, 1]);
        spool.Progress(identity.Recording).ShouldBe(new RecordingProgress(2, 1500));

        using var cipher = new RecordingCipher(key, identity.Tenant, identity.Recording);
        var plain = new byte[blocks[1].Body.Length - RecordingCipher.Overhead];
        cipher.Open(1, blocks[1].Body, plain).ShouldBe(plain.Length);
        RecordingBlock.TryRead(plain, out var piece, out var caller, out var agent).ShouldBeTrue();
        piece.ShouldBe(new RecordingBlock(RecordingCodec.ALaw, RecordingCodec.MuLaw, 1000, 4000));
        caller.SequenceEqual(audio.AsSpan(0, 4000)).ShouldBeTrue();
        agent.SequenceEqual(audio.AsSpan(4000)).ShouldBeTrue();

        cipher.Open(0, blocks[1].Body, plain).ShouldBe(-1);
        using var other = new RecordingCipher(key, Guid.NewGuid(), identity.Recording);
        other.Open(1, blocks[1].Body, plain).ShouldBe(-1);
        File.ReadAllBytes(Directory.GetFiles(folder.Path).Single()).AsSpan().IndexOf(audio.AsSpan(0, 64)).ShouldBe(-1);
    }

    [Fact]
    public async Task After_a_kill_blocks_and_progress_are_there_even_when_shipped_segments_are_gone()
    {
        var spool = new BlockSpool(folder.Path);
        var other = identity with { Recording = Guid.NewGuid() };
        await Record(spool, 4);
        using (var second = new CallRecording(other, key, spool))
        {
            // Fills the first segment, so that the open recordings' progress moves into the head of the next.
            for (var n = 0; Directory.GetFiles(folder.Path).Length < 2; n++)
            {
                await second.WriteAsync(new TapBlock(n, TimeSpan.FromMilliseconds(500 * n), DateTimeOffset.UnixEpoch,
                    AudioCodec.Pcma, new byte[4000], AudioCodec.Pcma, new byte[4000]));
            }
        }
        while (spool.Waiting.TryRead(out var waiting))
        {
            spool.Shipped(waiting.Block!);
        }
        Directory.GetFiles(folder.Path).Length.ShouldBe(1);

        var next = new BlockSpool(folder.Path);
        next.Recover((_, _) => { });
        next.Progress(identity.Recording).ShouldBe(new RecordingProgress(4, 2000));
        Waiting(next).ShouldHaveSingleItem().Header.Recording.ShouldBe(other.Recording);
        next.Unshipped.ShouldBe(2);
        next.Complete();
        next.Unshipped.ShouldBe(1);
    }

    [Fact]
    public async Task A_torn_last_block_is_left_out()
    {
        var spool = new BlockSpool(folder.Path);
        await Record(spool, 3);
        var path = Directory.GetFiles(folder.Path).Single();
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        File.WriteAllBytes(path, bytes[..^100]);
        var next = new BlockSpool(folder.Path);
        var damaged = 0L;
        next.Recover((_, lost) => damaged += lost);
        damaged.ShouldBeGreaterThan(0);
        next.Progress(identity.Recording).Blocks.ShouldBe(2);
    }
}
