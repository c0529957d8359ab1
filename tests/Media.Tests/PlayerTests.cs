namespace CallCenter.Media.Tests;

public class PlayerTests
{
    private static Clip Constant(short level, int milliseconds) =>
        Clip.FromSamples(Enumerable.Repeat(level, milliseconds * 8).ToArray());

    private static async Task<MediaLeg> Connected(Loopback net, RawPeer peer)
    {
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        return leg;
    }

    [Fact]
    public async Task Frames_go_on_by_20_ms_with_continuous_numbers()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = await Connected(net, peer);
        leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);

        var before = (await peer.Receive()).Header;
        before.Marker.ShouldBeTrue();
        var packets = await peer.Receive(50);
        foreach (var packet in packets)
        {
            packet.Payload.Length.ShouldBe(160);
            packet.Header.Sequence.ShouldBe((ushort)(before.Sequence + 1));
            var step = packet.Header.Timestamp - before.Timestamp;
            // A machine too busy for a while leaves time out, and says so; else the clock goes on by a frame each.
            (packet.Header.Marker ? step > 160 : step == 160).ShouldBeTrue($"{step} after the packet before, marker {packet.Header.Marker}");
            before = packet.Header;
        }

        packets.Count(packet => packet.Header.Marker).ShouldBeLessThan(packets.Count / 2);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(55 * 3 + 10)]
    public async Task A_loop_may_begin_in_its_middle_and_still_plays_all(int fromMs)
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = await Connected(net, peer);
        leg.Play([Constant(1000, 30), Constant(2000, 25)], PlayMode.Loop, TimeSpan.FromMilliseconds(fromMs));

        var codes = (await peer.Receive(5)).SelectMany(packet => packet.Payload).ToArray();
        codes[..760].ShouldBe(
        [
            .. Enumerable.Repeat(G711.Encode(AudioCodec.Pcma, 1000), 160),
            .. Enumerable.Repeat(G711.Encode(AudioCodec.Pcma, 2000), 200),
            .. Enumerable.Repeat(G711.Encode(AudioCodec.Pcma, 1000), 240),
            .. Enumerable.Repeat(G711.Encode(AudioCodec.Pcma, 2000), 160),
        ]);
    }

    [Fact]
    public async Task Queued_clips_follow_without_a_gap_even_inside_a_frame()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = await Connected(net, peer);
        // 30 + 25 + 15 ms: borders in the middle of frames; the last frame is padded.
        var first = leg.Play([Constant(1000, 30), Constant(2000, 25)]);
        var second = leg.Play(Constant(3000, 15), PlayMode.Enqueue);

        var codes = (await peer.Receive(4)).SelectMany(packet => packet.Payload).ToArray();
        codes[..560].ShouldBe(
        [
            .. Enumerable.Repeat(G711.Encode(AudioCodec.Pcma, 1000), 240),
            .. Enumerable.Repeat(G711.Encode(AudioCodec.Pcma, 2000), 200),
            .. Enumerable.Repeat(G711.Encode(AudioCodec.Pcma, 3000), 120),
        ]);
        codes[560..].ShouldAllBe(code => code == 0xD5);
        (await first.Completion).ShouldBe(new PlaybackResult(PlaybackOutcome.Finished, 55));
        (await second.Completion).ShouldBe(new PlaybackResult(PlaybackOutcome.Finished, 15));
    }

    [Fact]
    public async Task A_new_clip_replaces_and_stop_tells_how_much_was_played()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = await Connected(net, peer);
        var first = leg.Play(Constant(1000, 10_000));
        var waiting = leg.Play(Constant(1500, 10_000), PlayMode.Enqueue);
        await peer.Receive(3);
        var second = leg.Play(Constant(2000, 10_000));

        var replaced = await first.Completion;
        replaced.Outcome.ShouldBe(PlaybackOutcome.Stopped);
        replaced.PlayedMs.ShouldBeGreaterThanOrEqualTo(60);
        (await waiting.Completion).ShouldBe(new PlaybackResult(PlaybackOutcome.Stopped, 0));
        await leg.StopPlaying();
        (await second.Completion).Outcome.ShouldBe(PlaybackOutcome.Stopped);
        await second.Stop();
    }

    [Fact]
    public async Task Stopping_the_first_begins_the_next()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = await Connected(net, peer);
        var first = leg.Play(Constant(1000, 10_000), PlayMode.Loop);
        var second = leg.Play(Constant(2000, 60), PlayMode.Enqueue);
        await peer.Receive(2);
        await first.Stop();
        (await second.Completion).ShouldBe(new PlaybackResult(PlaybackOutcome.Finished, 60));
    }

    [Fact]
    public async Task The_end_is_an_event_too_and_closing_ends_everything()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var phone = RtpEndpoint.Open(net.Engine);
        await phone.Connect(peer.Address, PayloadFormat.Pcma);
        var shortClip = phone.Leg.Play(Constant(1000, 40));
        (await phone.NextEvent<PlaybackEnded>(Loopback.Deadline)).ShouldSatisfyAllConditions(
            ended => ended.Playback.ShouldBe(shortClip),
            ended => ended.Outcome.ShouldBe(PlaybackOutcome.Finished),
            ended => ended.PlayedMs.ShouldBe(40));
        var loop = phone.Leg.Play(Constant(1000, 40), PlayMode.Loop);
        await phone.Leg.Close();
        (await loop.Completion).Outcome.ShouldBe(PlaybackOutcome.Stopped);
        (await phone.Leg.Play(Constant(1, 20)).Completion).Outcome.ShouldBe(PlaybackOutcome.Stopped);
    }

    [Fact]
    public async Task An_empty_clip_ends_at_once_and_play_waits_for_the_remote()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        var early = leg.Play(Constant(1000, 40));
        (await leg.Play(Clip.Silence(TimeSpan.Zero), PlayMode.Enqueue | PlayMode.Loop).Completion).Outcome.ShouldBe(PlaybackOutcome.Finished);
        early.Completion.IsCompleted.ShouldBeFalse();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcmu));
        (await early.Completion).PlayedMs.ShouldBe(40);
        (await peer.Receive()).Payload[0].ShouldBe(G711.Encode(AudioCodec.Pcmu, 1000));
    }

    [Fact]
    public async Task While_the_direction_forbids_to_send_time_passes_silently()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma) with { Direction = MediaDirection.ReceiveOnly });
        (await leg.Play(Constant(1000, 60)).Completion).ShouldBe(new PlaybackResult(PlaybackOutcome.Finished, 60));
        (await leg.GetStatistics()).PacketsSent.ShouldBe(0);
        peer.Waiting.ShouldBe(0);
    }

    [Fact]
    public void A_clip_is_encoded_once_a_codec()
    {
        var clip = Constant(1000, 100);
        clip.Encoded(AudioCodec.Pcma).ShouldBeSameAs(clip.Encoded(AudioCodec.Pcma));
        clip.Encoded(AudioCodec.Pcmu).ShouldNotBeSameAs(clip.Encoded(AudioCodec.Pcma));
    }
}
