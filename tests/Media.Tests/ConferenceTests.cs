namespace CallCenter.Media.Tests;

public class ConferenceTests
{
    private const int Caller = 440, Agent = 1000, Third = 1700;

    [Fact]
    public async Task Each_of_three_hears_the_two_others_and_not_itself()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await Speaking(net, "caller", PayloadFormat.Pcma, Caller);
        var (agent, agentPhone) = await Speaking(net, "agent", PayloadFormat.Pcmu, Agent);
        var (third, thirdPhone) = await Speaking(net, "third", PayloadFormat.Pcma, Third);

        await net.Engine.OpenConference(caller).Set([new(caller), new(agent), new(third)]);

        await Hears(callerPhone, [Agent, Third], Caller);
        await Hears(agentPhone, [Caller, Third], Agent);
        await Hears(thirdPhone, [Caller, Agent], Third);
    }

    [Theory]
    [InlineData(AudioCodec.G722)]
    [InlineData(AudioCodec.Opus)]
    public async Task A_party_of_another_codec_is_heard_and_hears(AudioCodec codec)
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await Speaking(net, "caller", PayloadFormat.Pcma, Caller);
        var (agent, agentPhone) = await Speaking(net, "agent", codec == AudioCodec.G722 ? PayloadFormat.G722 : new PayloadFormat(111, AudioCodec.Opus), Agent);
        var (third, thirdPhone) = await Speaking(net, "third", PayloadFormat.Pcmu, Third);

        await net.Engine.OpenConference(caller).Set([new(caller), new(agent), new(third)]);

        await Hears(callerPhone, [Agent, Third], Caller);
        await Hears(agentPhone, [Caller, Third], Agent);
        await Hears(thirdPhone, [Caller, Agent], Third);
    }

    [Fact]
    public async Task Listening_coaching_and_barging_in_are_who_hears_the_supervisor()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await Speaking(net, "caller", PayloadFormat.Pcma, Caller);
        var (agent, agentPhone) = await Speaking(net, "agent", PayloadFormat.Pcma, Agent);
        var (supervisor, supervisorPhone) = await Speaking(net, "supervisor", PayloadFormat.Pcma, Third);
        var conference = net.Engine.OpenConference(caller);

        await conference.Set([new(caller), new(agent), new(supervisor, HeardBy: [])]);
        await Hears(supervisorPhone, [Caller, Agent], Third);
        await Hears(agentPhone, [Caller], Third);
        await Hears(callerPhone, [Agent], Third);

        await conference.Set([new(caller), new(agent), new(supervisor, HeardBy: [agent])]);
        await Hears(agentPhone, [Caller, Third], Agent);
        await Hears(callerPhone, [Agent], Third);

        await conference.Set([new(caller), new(agent), new(supervisor)]);
        await Hears(callerPhone, [Agent, Third], Caller);
    }

    [Fact]
    public async Task Who_does_not_hear_is_sent_nothing_and_who_leaves_can_be_bridged()
    {
        await using var net = new Loopback();
        var (caller, _) = await Speaking(net, "caller", PayloadFormat.Pcma, Caller);
        var (agent, agentPhone) = await Speaking(net, "agent", PayloadFormat.Pcma, Agent);
        var (third, thirdPhone) = await Speaking(net, "third", PayloadFormat.Pcma, Third);
        var conference = net.Engine.OpenConference(caller);
        await conference.Set([new(caller), new(agent), new(third, Hears: false)]);
        await Hears(agentPhone, [Caller, Third], Agent);
        (await third.GetStatistics()).PacketsSent.ShouldBe(0);

        await conference.Set([]);
        await agent.Bridge(third);
        await Hears(thirdPhone, [Agent], Caller);
        await Hears(agentPhone, [Third], Caller);
    }

    [Fact]
    public async Task A_party_that_plays_hears_its_clip_and_then_the_conference_again()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await Speaking(net, "caller", PayloadFormat.Pcma, Caller);
        var (agent, _) = await Speaking(net, "agent", PayloadFormat.Pcma, Agent);
        var (third, _) = await Speaking(net, "third", PayloadFormat.Pcma, Third);
        await net.Engine.OpenConference(caller).Set([new(caller), new(agent), new(third)]);
        await Hears(callerPhone, [Agent, Third], Caller);

        var music = caller.Play(Tones.Sine(600, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await callerPhone.WaitForTone(600, Loopback.Deadline, share: 0.95);
        await music.Stop();
        await Hears(callerPhone, [Agent, Third], 600);
    }

    [Fact]
    public async Task The_recording_has_the_caller_and_all_whom_the_caller_hears()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await Speaking(net, "caller", PayloadFormat.Pcma, Caller);
        var (agent, _) = await Speaking(net, "agent", PayloadFormat.Pcma, Agent);
        var (third, _) = await Speaking(net, "third", PayloadFormat.Pcmu, Third);
        await net.Engine.OpenConference(caller).Set([new(caller), new(agent), new(third)]);
        await Hears(callerPhone, [Agent, Third], Caller);

        var memory = new MemoryRecorder();
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = caller, Agent = agent, Sink = memory, BlockDuration = TimeSpan.FromMilliseconds(100) });
        await tap.SetAgentToHeardBy(caller);
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        await memory.WaitForSamples(12_000, timeout.Token);
        await tap.Stop();

        Loopback.BestShare(memory.Caller(1600), Caller).ShouldBeGreaterThan(0.95);
        var agents = memory.Agent(1600);
        Loopback.BestShare(agents, Agent).ShouldBeInRange(0.3, 0.7);
        Loopback.BestShare(agents, Third).ShouldBeInRange(0.3, 0.7);
        Loopback.BestShare(agents, Caller).ShouldBeLessThan(0.02);
    }

    [Fact]
    public async Task Loud_voices_are_limited_and_do_not_turn_over()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await Speaking(net, "caller", PayloadFormat.Pcma, Caller);
        List<ConferenceParty> parties = [new(caller)];
        for (var i = 0; i < 3; i++)
        {
            parties.Add(new((await Speaking(net, $"loud {i}", PayloadFormat.Pcma, Agent, level: 0.9)).Leg));
        }
        await net.Engine.OpenConference(caller).Set(parties);

        await callerPhone.WaitForTone(Agent, Loopback.Deadline, share: 0.6);
        var heard = await callerPhone.Heard(TimeSpan.FromMilliseconds(500));
        // Turning over would jump from one end of the range to the other twice in each period of the 1,000 Hz tone; a frame that came
        // late on a busy machine does so once.
        heard.Zip(heard.Skip(1), (one, next) => Math.Abs(next - one)).Count(jump => jump >= 60_000).ShouldBeLessThan(10);
        heard.Max(Math.Abs).ShouldBeGreaterThan((short)20_000);
    }

    [Fact]
    public async Task Too_many_one_twice_or_of_another_thread_are_refused()
    {
        await using var net = new Loopback(options => options with { Threads = 2, LegsBeforeNextThread = 1 });
        var (one, other) = (net.OpenLeg("one"), net.OpenLeg("other"));
        var conference = net.Engine.OpenConference(one);
        Should.Throw<ArgumentException>(() => conference.Set([new(one), new(other)])).Message.ShouldContain("Near");
        Should.Throw<ArgumentException>(() => conference.Set([new(one), new(one)]));
        var many = Enumerable.Range(0, Conference.PartiesMax + 1).Select(_ => net.Engine.TryOpenLeg(new LegOptions { Near = one }, out var leg, out var _) ? leg : throw new InvalidOperationException());
        Should.Throw<ArgumentException>(() => conference.Set([.. many.Select(leg => new ConferenceParty(leg))]));
    }

    [Fact]
    public async Task A_party_that_closes_leaves_the_others_talking()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await Speaking(net, "caller", PayloadFormat.Pcma, Caller);
        var (agent, agentPhone) = await Speaking(net, "agent", PayloadFormat.Pcma, Agent);
        var (third, _) = await Speaking(net, "third", PayloadFormat.Pcma, Third);
        await net.Engine.OpenConference(caller).Set([new(caller), new(third), new(agent)]);
        await Hears(callerPhone, [Agent, Third], Caller);
        await third.Close();
        await Hears(callerPhone, [Agent], Third);
        await Hears(agentPhone, [Caller], Third);
    }

    private static async Task<(MediaLeg Leg, RtpEndpoint Phone)> Speaking(Loopback net, string name, PayloadFormat format, double hertz, double level = 0.25)
    {
        var party = await net.Party(name, format);
        party.Phone.Leg.Play(Tones.Sine(hertz, TimeSpan.FromSeconds(1), level), PlayMode.Loop);
        return party;
    }

    /// <summary>Waits for 200 ms in which the tones share what the phone hears evenly, and the other is not among them.</summary>
    private static async Task Hears(RtpEndpoint phone, int[] tones, int not)
    {
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        while (true)
        {
            var heard = await phone.Heard(TimeSpan.FromMilliseconds(200)).WaitAsync(timeout.Token);
            var shares = tones.Select(hertz => ToneProbe.Share(heard, Clip.Rate, hertz)).ToList();
            if (shares.All(share => share > 0.7 / tones.Length) && ToneProbe.Share(heard, Clip.Rate, not) < 0.02)
            {
                return;
            }
        }
    }
}
