namespace CallCenter.Media.Tests;

public class AllocationTests
{
    private const int Packets = 2000;

    [Theory]
    [InlineData(AudioCodec.Pcma)]
    [InlineData(AudioCodec.Pcmu)]
    public async Task A_relayed_and_recorded_packet_allocates_nothing_on_the_media_thread(AudioCodec agentCodec)
    {
        // No report falls into the measurement; the block that is being filled is longer than it.
        await using var net = new Loopback(options => options with { RtcpInterval = TimeSpan.FromHours(1) });
        using var callerPeer = new RawPeer();
        using var agentPeer = new RawPeer();
        var (caller, agent) = (net.OpenLeg("caller"), net.OpenLeg("agent"));
        _ = caller.SetRemote(Loopback.Remote(callerPeer.Port, PayloadFormat.Pcma));
        _ = agent.SetRemote(Loopback.Remote(agentPeer.Port, agentCodec == AudioCodec.Pcma ? PayloadFormat.Pcma : PayloadFormat.Pcmu));
        await caller.Bridge(agent);
        var tap = net.Engine.StartRecording(new RecordingOptions
        {
            Caller = caller,
            Agent = agent,
            Sink = new MemoryRecorder(),
            BlockDuration = TimeSpan.FromSeconds(5),
        });
        await Relay(caller, callerPeer, agentPeer, 0, 200);
        await Wait.Until(() => Task.FromResult(tap.Core.Samples > 0));

        var before = await AllocatedOnMediaThread(caller);
        await Relay(caller, callerPeer, agentPeer, 200, Packets);
        var after = await AllocatedOnMediaThread(caller);

        (after - before).ShouldBe(0);
        await tap.Stop();
    }

    [Fact]
    public async Task Music_allocates_nothing_on_the_media_thread()
    {
        await using var net = new Loopback(options => options with { RtcpInterval = TimeSpan.FromHours(1) });
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        leg.Play(Tones.Sine(440, TimeSpan.FromMilliseconds(110)), PlayMode.Loop);
        await peer.Receive(10);
        var before = await AllocatedOnMediaThread(leg);
        await peer.Receive(25);
        (await AllocatedOnMediaThread(leg) - before).ShouldBe(0);
    }

    [Fact]
    public async Task A_mixed_and_recorded_frame_allocates_nothing_on_the_media_thread()
    {
        await using var net = new Loopback(options => options with { RtcpInterval = TimeSpan.FromHours(1) });
        using var one = new RawPeer();
        using var two = new RawPeer();
        using var three = new RawPeer();
        MediaLeg[] legs = [net.OpenLeg(), net.OpenLeg(), net.OpenLeg()];
        foreach (var (leg, peer) in legs.Zip((RawPeer[])[one, two, three]))
        {
            _ = leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        }
        await net.Engine.OpenConference(legs[0]).Set([.. legs.Select(leg => new ConferenceParty(leg))]);
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = legs[0], Sink = new MemoryRecorder(), BlockDuration = TimeSpan.FromSeconds(5) });
        await tap.SetAgentToHeardBy(legs[0]);
        one.SendRtp(legs[0].LocalRtp, 1, 160);
        await two.Receive(20);
        await Wait.Until(() => Task.FromResult(tap.Core.Samples > 0));

        var before = await AllocatedOnMediaThread(legs[0]);
        for (var i = 2; i < 52; i++)
        {
            one.SendRtp(legs[0].LocalRtp, (ushort)i, (uint)(i * 160));
            await three.Receive();
        }
        (await AllocatedOnMediaThread(legs[0]) - before).ShouldBe(0);
        await tap.Stop();
    }

    private static async Task Relay(MediaLeg leg, RawPeer from, RawPeer to, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            from.SendRtp(leg.LocalRtp, (ushort)i, (uint)(i * 160));
            await to.Receive();
        }
    }

    /// <summary>Reads the media thread's own counter; what the answer itself allocates comes after the reading.</summary>
    internal static async Task<long> AllocatedOnMediaThread(MediaLeg leg)
    {
        long allocated = -1;
        leg.Thread.TryPost(() => Volatile.Write(ref allocated, GC.GetAllocatedBytesForCurrentThread())).ShouldBeTrue();
        await Wait.Until(() => Task.FromResult(Volatile.Read(ref allocated) >= 0));
        return allocated;
    }
}
