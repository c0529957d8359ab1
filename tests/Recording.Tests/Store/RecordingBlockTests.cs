using CallCenter.Contracts.Recording;

namespace CallCenter.Recording.Tests.Store;

public sealed class RecordingBlockTests
{
    private static readonly RecordingBlock Block = new(RecordingCodec.ALaw, RecordingCodec.MuLaw, 1500, 160);

    private static byte[] Plain()
    {
        var plain = new byte[Block.PlainSize];
        Block.Write(Enumerable.Repeat((byte)1, 160).ToArray(), Enumerable.Repeat((byte)2, 160).ToArray(), plain).ShouldBe(332);
        return plain;
    }

    [Fact]
    public void What_is_written_is_read()
    {
        RecordingBlock.TryRead(Plain(), out var block, out var caller, out var agent).ShouldBeTrue();
        block.ShouldBe(Block);
        caller.ToArray().ShouldAllBe(b => b == 1);
        agent.ToArray().ShouldAllBe(b => b == 2);
        Plain()[..RecordingBlock.HeaderSize].ShouldBe([1, 8, 0, 0, 0, 0, 5, 0xDC, 0, 0, 0, 160]);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 7)]
    [InlineData(2, 9)]
    [InlineData(8, 0x80)]
    [InlineData(11, 161)]
    [InlineData(4, 0xFF)]
    public void Another_layout_is_not_read(int at, byte value)
    {
        var plain = Plain();
        plain[at] = value;
        RecordingBlock.TryRead(plain, out _, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Any_cut_is_not_read()
    {
        var plain = Plain();
        for (var length = 0; length < plain.Length; length++)
        {
            RecordingBlock.TryRead(plain.AsSpan(0, length), out _, out _, out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void Out_of_range_blocks_are_not_written()
    {
        Should.Throw<ArgumentException>(() => Block.Write(new byte[160], new byte[159], new byte[400]));
        Should.Throw<ArgumentException>(() => (Block with { Samples = 0 }).Write([], [], new byte[400]));
        Should.Throw<ArgumentException>(() => (Block with { OffsetMs = RecordingBlock.MaxOffsetMs + 1 }).Write(new byte[160], new byte[160], new byte[400]));
    }

    [Fact]
    public void A_sealed_block_opens_only_in_its_place()
    {
        var (key, tenant, recording) = (new byte[32], Guid.NewGuid(), Guid.NewGuid());
        using var cipher = new RecordingCipher(key, tenant, recording);
        var body = new byte[Block.PlainSize + RecordingCipher.Overhead];
        cipher.Seal(5, Plain(), body).ShouldBe(body.Length);
        var plain = new byte[Block.PlainSize];
        cipher.Open(5, body, plain).ShouldBe(Block.PlainSize);
        plain.ShouldBe(Plain());
        cipher.Open(6, body, plain).ShouldBe(-1);
        cipher.Open(5, body.AsSpan(0, 20), plain).ShouldBe(-1);
        using var other = new RecordingCipher(key, Guid.NewGuid(), recording);
        other.Open(5, body, plain).ShouldBe(-1);
        Should.Throw<ArgumentException>(() => new RecordingCipher(new byte[16], tenant, recording));
    }
}
