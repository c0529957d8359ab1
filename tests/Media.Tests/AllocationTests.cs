namespace CallCenter.Media.Tests;

public class AllocationTests
{
    private const int Bursts = 20, Burst = 100, AttemptsMax = 10;
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(5);

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
            BlockDuration = Block,
        });
        var burst = 0;
        await Relay(caller, callerPeer, agentPeer, burst++);
        await AllocatesNothingWithin(caller, tap, async () =>
        {
            for (var until = burst + Bursts; burst < until;)
            {
                await Relay(caller, callerPeer, agentPeer, burst++);
            }
        });
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
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = legs[0], Sink = new MemoryRecorder(), BlockDuration = Block });
        await tap.SetAgentToHeardBy(legs[0]);
        one.SendRtp(legs[0].LocalRtp, 1, 160);
        await two.Receive(20);
        var sequence = 2;
        await AllocatesNothingWithin(legs[0], tap, async () =>
        {
            for (var until = sequence + 30; sequence < until; sequence++)
            {
                one.SendRtp(legs[0].LocalRtp, (ushort)sequence, (uint)(sequence * 160));
                await three.Receive();
            }
        });
        await tap.Stop();
    }

    private static async Task Relay(MediaLeg leg, RawPeer from, RawPeer to, int burst)
    {
        for (var i = burst * Burst; i < (burst + 1) * Burst; i++)
        {
            from.SendRtp(leg.LocalRtp, (ushort)i, (uint)(i * 160));
        }
        await to.Receive(Burst);
    }

    /// <summary>
    /// Measured within one block of the recording: a full one is handed over and the next taken, which is not a packet's. A machine that is
    /// so busy that it does not get through within a block measures again.
    /// </summary>
    private static async Task AllocatesNothingWithin(MediaLeg leg, RecordingTap tap, Func<Task> work)
    {
        await Wait.Until(() => Task.FromResult(tap.Core.Samples > 0));
        var samples = (long)(Block.TotalSeconds * Clip.Rate);
        for (var attempt = 1; ; attempt++)
        {
            var (block, before) = (tap.Core.Samples / samples, await AllocatedOnMediaThread(leg));
            await work();
            var allocated = await AllocatedOnMediaThread(leg) - before;
            if (tap.Core.Samples / samples == block)
            {
                allocated.ShouldBe(0);
                return;
            }
            attempt.ShouldBeLessThan(AttemptsMax, "the machine does not get through within a block");
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
