namespace CallCenter.Media.Tests;

public class BridgeTests
{
    [Theory]
    [InlineData(AudioCodec.Pcma, AudioCodec.Pcma)]
    [InlineData(AudioCodec.Pcmu, AudioCodec.Pcmu)]
    [InlineData(AudioCodec.Pcma, AudioCodec.Pcmu)]
    public async Task Each_side_hears_the_other(AudioCodec callerCodec, AudioCodec agentCodec)
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await net.Party("caller", Format(callerCodec));
        var (agent, agentPhone) = await net.Party("agent", Format(agentCodec));
        await caller.Bridge(agent);
        callerPhone.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        agentPhone.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);

        // So pure a tone has no room for the other side's.
        await callerPhone.WaitForTone(1000, Loopback.Deadline, share: 0.98);
        await agentPhone.WaitForTone(440, Loopback.Deadline, share: 0.98);
    }

    [Fact]
    public async Task A_held_leg_hears_music_and_then_the_bridge_again()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await net.Party("caller", PayloadFormat.Pcma);
        var (agent, agentPhone) = await net.Party("agent", PayloadFormat.Pcma);
        await caller.Bridge(agent);
        agentPhone.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await callerPhone.WaitForTone(1000, Loopback.Deadline);

        var music = caller.Play(Tones.Sine(600, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await callerPhone.WaitForTone(600, Loopback.Deadline, share: 0.95);
        await music.Stop();
        await callerPhone.WaitForTone(1000, Loopback.Deadline, share: 0.95);
    }

    [Fact]
    public async Task A_switch_from_agent_to_music_to_another_agent_is_one_stream_for_the_caller()
    {
        await using var net = new Loopback();
        using var callerPeer = new RawPeer();
        using var first = new RawPeer();
        using var second = new RawPeer();
        var (caller, agent1, agent2) = (net.OpenLeg(), net.OpenLeg(), net.OpenLeg());
        _ = caller.SetRemote(Loopback.Remote(callerPeer.Port, PayloadFormat.Pcma));
        _ = agent1.SetRemote(Loopback.Remote(first.Port, PayloadFormat.Pcma));
        _ = agent2.SetRemote(Loopback.Remote(second.Port, PayloadFormat.Pcmu));

        await caller.Bridge(agent1);
        first.SendRtp(agent1.LocalRtp, 100, 5_000, ssrc: 10);
        first.SendRtp(agent1.LocalRtp, 101, 5_160, ssrc: 10);
        var packets = await callerPeer.Receive(2);
        await caller.Unbridge();
        var music = caller.Play(Tones.Sine(440, TimeSpan.FromMilliseconds(100)));
        packets.AddRange(await callerPeer.Receive(5));
        await music.Completion;
        await caller.Bridge(agent2);
        second.SendRtp(agent2.LocalRtp, 60_000, 4_294_967_200, ssrc: 20, payloadType: 0);
        second.SendRtp(agent2.LocalRtp, 60_001, 64, ssrc: 20, payloadType: 0);
        packets.AddRange(await callerPeer.Receive(2));

        packets.ShouldAllBe(packet => packet.Header.PayloadType == 8 && packet.Header.Ssrc == packets[0].Header.Ssrc);
        packets.Select(packet => (ushort)(packet.Header.Sequence - packets[0].Header.Sequence)).ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8]);
        packets.Select(packet => packet.Header.Marker).ShouldBe([true, false, true, false, false, false, false, true, false]);
        var steps = packets.Zip(packets.Skip(1), (one, next) => next.Header.Timestamp - one.Header.Timestamp).ToArray();
        // Within a source by its own clock, between sources by the wall clock and never less than a frame.
        new[] { steps[0], steps[2], steps[3], steps[4], steps[5], steps[7] }.ShouldAllBe(step => step == 160);
        new[] { steps[1], steps[6] }.ShouldAllBe(step => step >= 160 && step < 16_000);
    }

    [Fact]
    public async Task A_bridge_replaces_earlier_ones_and_needs_one_thread()
    {
        await using var net = new Loopback(options => options with { Threads = 2, LegsBeforeNextThread = 1 });
        var (a, b) = (net.OpenLeg("a"), net.OpenLeg("b"));
        Should.Throw<ArgumentException>(() => { _ = a.Bridge(b); }).Message.ShouldContain("Near");
        Should.Throw<ArgumentException>(() => net.Engine.StartRecording(new RecordingOptions { Caller = a, Agent = b, Sink = new MemoryRecorder() }));

        using var peer = new RawPeer();
        using var left = new RawPeer();
        net.Engine.TryOpenLeg(new LegOptions { Near = a }, out var c, out _).ShouldBeTrue();
        net.Engine.TryOpenLeg(new LegOptions { Near = a }, out var d, out _).ShouldBeTrue();
        _ = a.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        _ = c!.SetRemote(Loopback.Remote(left.Port, PayloadFormat.Pcma));
        _ = d!.SetRemote(Loopback.Remote(9, PayloadFormat.Pcma));
        await a.Bridge(c);
        await d.Bridge(a);
        peer.SendRtp(a.LocalRtp, 1, 1);
        await Wait.Until(async () => (await d.GetStatistics()).PacketsSent == 1);
        (await c.GetStatistics()).PacketsSent.ShouldBe(0);
    }

    private static PayloadFormat Format(AudioCodec codec) => codec == AudioCodec.Pcma ? PayloadFormat.Pcma : PayloadFormat.Pcmu;
}
