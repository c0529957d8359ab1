using CallCenter.Media.Recording;

namespace CallCenter.Media.Tests;

/// <summary>
/// The timeline of a recording under a simulated network, without a socket. Each frame that is sent carries a number as its
/// level, so that where it lands shows how far sound is from the wall clock.
/// </summary>
public class AlignmentBufferTests
{
    private const int Frame = 160;
    private const byte Silence = 0xD5;

    /// <summary>A frame as it leaves the sender at <paramref name="At"/> and arrives at <paramref name="Arrival"/> (samples).</summary>
    private sealed record Sent(long At, long Arrival, uint Ssrc, uint Timestamp, byte Code);

    /// <summary>Plays the frames into a buffer in order of arrival, reading as the tap does, and returns the timeline.</summary>
    private static byte[] Record(IEnumerable<Sent> frames, long end, AlignmentBuffer buffer)
    {
        var timeline = new byte[end];
        var payload = new byte[Frame];
        var queue = new Queue<Sent>(frames.OrderBy(frame => frame.Arrival));
        for (long now = 0; now < end + AlignmentBuffer.DelaySamples + Frame; now += Frame)
        {
            while (queue.TryPeek(out var next) && next.Arrival < now)
            {
                queue.Dequeue();
                payload.AsSpan().Fill(next.Code);
                buffer.Insert(next.Ssrc, next.Timestamp, payload, AudioCodec.Pcma, next.Arrival);
            }
            while (buffer.ReadPosition + Frame + AlignmentBuffer.DelaySamples <= now && buffer.ReadPosition + Frame <= end)
            {
                buffer.Read(timeline.AsSpan((int)buffer.ReadPosition, Frame));
            }
        }
        return timeline;
    }

    // 200 levels that differ and are not silence.
    private static byte Code(long number) => (byte)(number % 200);

    private static List<Sent> Stream(int count, Func<int, long> jitter, double clock = 1.0, uint ssrc = 1, uint timestamp = 5000, long from = 0)
    {
        var frames = new List<Sent>();
        for (var i = 0; i < count; i++)
        {
            var at = from + (long)(i * Frame * clock);
            frames.Add(new Sent(at, at + jitter(i), ssrc, timestamp + (uint)(i * Frame), Code(i)));
        }
        return frames;
    }

    /// <summary>Largest distance, in samples, between where a frame was sent and where its first sample lies.</summary>
    private static long Misplacement(byte[] timeline, IEnumerable<Sent> frames, long basePath, out int missing)
    {
        long worst = 0;
        missing = 0;
        foreach (var frame in frames)
        {
            var expected = frame.At + basePath;
            var found = Find(timeline, frame.Code, expected);
            if (found is null)
            {
                missing++;
            }
            else
            {
                worst = Math.Max(worst, Math.Abs(found.Value - expected));
            }
        }
        return worst;
    }

    /// <summary>The start of the run of a code nearest to a place, searched 100 ms around it.</summary>
    private static long? Find(byte[] timeline, byte code, long around)
    {
        long? best = null;
        for (var i = Math.Max(0, around - 800); i < Math.Min(timeline.Length, around + 800); i++)
        {
            if (timeline[i] == code && (i == 0 || timeline[i - 1] != code) && (best is null || Math.Abs(i - around) < Math.Abs(best.Value - around)))
            {
                best = i;
            }
        }
        return best;
    }

    [Fact]
    public void A_perfect_stream_lies_where_it_arrived()
    {
        var frames = Stream(500, _ => 37);
        var timeline = Record(frames, 500 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        Misplacement(timeline, frames.SkipLast(1), 37, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
        timeline[..37].ShouldAllBe(code => code == Silence);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Jitter_reordering_and_loss_move_nothing_by_more_than_20_ms(int seed)
    {
        var random = new Random(seed);
        // Up to 80 ms of jitter: four frames may overtake each other.
        var frames = Stream(3000, _ => 40 + random.Next(640));
        var kept = frames.Where(_ => random.NextDouble() > 0.05).ToList();
        var timeline = Record(kept, 3000 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        var settled = kept.Where(frame => frame.At > 8000 && frame.At < 2990 * Frame).ToList();
        Misplacement(timeline, settled, 40, out var missing).ShouldBeLessThanOrEqualTo(160, $"seed {seed}");
        missing.ShouldBe(0, $"seed {seed}");
    }

    [Theory]
    [InlineData(100e-6)]
    [InlineData(-100e-6)]
    [InlineData(500e-6)]
    [InlineData(-500e-6)]
    public void An_hour_of_clock_drift_stays_within_20_ms(double drift)
    {
        const int Count = 3600 * 50;
        var random = new Random(7);
        var frames = Stream(Count, _ => random.Next(240), 1 + drift);
        var buffer = new AlignmentBuffer(AudioCodec.Pcma);
        var timeline = Record(frames, (long)(Count * Frame * (1 + drift)), buffer);
        var inside = frames.Where((frame, i) => i > 100 && i < Count - 100 && i % 50 == 0).ToList();
        Misplacement(timeline, inside, 0, out var missing).ShouldBeLessThanOrEqualTo(160);
        missing.ShouldBe(0);
        // 360 ms or 1.8 s in steps of about 10 ms.
        buffer.Adjustments.ShouldBeLessThan(220);
    }

    [Fact]
    public void Audio_later_than_400_ms_is_silence_and_the_rest_stays_in_place()
    {
        var frames = Stream(300, i => i == 100 ? AlignmentBuffer.DelaySamples + 500 : 40);
        var buffer = new AlignmentBuffer(AudioCodec.Pcma);
        var timeline = Record(frames, 300 * Frame, buffer);
        Misplacement(timeline, frames.Where(frame => frame.Code != 100).SkipLast(1), 40, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
        timeline[(100 * Frame + 40)..(101 * Frame + 40)].ShouldAllBe(code => code == Silence);
        buffer.Late.ShouldBe(1);
    }

    [Fact]
    public void A_path_that_holds_everything_up_for_300_ms_loses_nothing()
    {
        var frames = Stream(500, i => i is >= 200 and < 215 ? ((215 - i) * Frame) + 40 : 40);
        var timeline = Record(frames, 500 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        Misplacement(timeline, frames.SkipLast(1), 40, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
    }

    [Fact]
    public void A_stalled_path_that_bursts_loses_the_late_part_only()
    {
        // 600 ms of the network's silence, then everything at once.
        var frames = Stream(500, i => i is >= 200 and < 230 ? ((230 - i) * Frame) + 40 : 40);
        var timeline = Record(frames, 500 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        var others = frames.Where((_, i) => i is < 200 or >= 230 and < 499).ToList();
        Misplacement(timeline, others, 40, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
    }

    [Fact]
    public void A_pause_of_the_sender_is_silence_of_its_length()
    {
        // Discontinuous transmission: timestamps go on, packets do not.
        var frames = Stream(500, _ => 40).Where((_, i) => i is < 100 or >= 250).ToList();
        var timeline = Record(frames, 500 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        Misplacement(timeline, frames.SkipLast(1), 40, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
        timeline[(100 * Frame + 40)..(250 * Frame + 40)].ShouldAllBe(code => code == Silence);
    }

    [Theory]
    [InlineData(8000)]      // timestamps stood still for a second of the pause
    [InlineData(-80_000)]   // or jumped ahead by ten
    public void A_sender_whose_timestamps_jump_is_in_place_again_after_three_packets(int behind)
    {
        var frames = Stream(100, _ => 40);
        frames.AddRange(Stream(200, _ => 40, timestamp: 5000 + (uint)(100 * Frame) - (uint)behind, from: 100 * Frame));
        var timeline = Record(frames, 300 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        Misplacement(timeline, frames.Skip(103).SkipLast(1), 40, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
    }

    [Fact]
    public void A_new_SSRC_is_in_place_from_its_first_packet()
    {
        var frames = Stream(100, _ => 40);
        frames.AddRange(Stream(100, _ => 60, ssrc: 2, timestamp: 4_000_000_000, from: 100 * Frame));
        var timeline = Record(frames, 200 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        Misplacement(timeline, frames.Take(100), 40, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
        Misplacement(timeline, frames.Skip(100).SkipLast(1), 60, out missing).ShouldBe(0);
        missing.ShouldBe(0);
    }

    [Fact]
    public void A_longer_path_is_followed_within_five_seconds()
    {
        var frames = Stream(1000, i => i < 300 ? 40 : 520);
        var timeline = Record(frames, 1000 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        Misplacement(timeline, frames.Skip(300 + 250).SkipLast(4), 520, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
    }

    [Fact]
    public void Timestamps_wrap()
    {
        var frames = Stream(200, _ => 40, timestamp: uint.MaxValue - (50 * Frame));
        var timeline = Record(frames, 200 * Frame, new AlignmentBuffer(AudioCodec.Pcma));
        Misplacement(timeline, frames.SkipLast(1), 40, out var missing).ShouldBe(0);
        missing.ShouldBe(0);
    }

    [Fact]
    public void The_other_law_is_converted()
    {
        var buffer = new AlignmentBuffer(AudioCodec.Pcmu);
        var frame = Enumerable.Repeat(G711.Encode(AudioCodec.Pcma, 5000), Frame).ToArray();
        buffer.Insert(1, 1, frame, AudioCodec.Pcma, 0);
        var read = new byte[Frame];
        buffer.Read(read);
        G711.Decode(AudioCodec.Pcmu, read[0]).ShouldBeInRange((short)4800, (short)5200);
    }

    [Fact]
    public void What_is_muted_is_silence_to_the_sample_and_nothing_older_comes_back()
    {
        var buffer = new AlignmentBuffer(AudioCodec.Pcma);
        var frame = Enumerable.Repeat((byte)1, Frame).ToArray();
        buffer.Insert(1, 0, frame, AudioCodec.Pcma, 0);
        buffer.Mute(100);
        buffer.Insert(1, 160, frame, AudioCodec.Pcma, 160);
        buffer.Unmute(350);
        buffer.Insert(1, 320, frame, AudioCodec.Pcma, 320);
        var timeline = new byte[480];
        buffer.Read(timeline);
        timeline[..100].ShouldAllBe(code => code == 1);
        timeline[100..350].ShouldAllBe(code => code == Silence);
        timeline[350..].ShouldAllBe(code => code == 1);
    }

    [Fact]
    public void Random_packets_never_throw()
    {
        const int Seed = 20_261_121;
        var random = new Random(Seed);
        var buffer = new AlignmentBuffer(AudioCodec.Pcma);
        var frame = new byte[Frame];
        long now = 0;
        for (var i = 0; i < 20_000; i++)
        {
            now += random.Next(400);
            var payload = new byte[random.Next(4) == 0 ? random.Next(2100) : Frame];
            buffer.Insert((uint)random.Next(3), (uint)random.NextInt64(0x1_0000_0000), payload, AudioCodec.Pcma, now);
            while (buffer.ReadPosition + Frame + AlignmentBuffer.DelaySamples <= now)
            {
                buffer.Read(frame);
            }
        }
        buffer.ReadPosition.ShouldBeGreaterThan(now - AlignmentBuffer.DelaySamples - 1200, $"seed {Seed}");
    }
}
