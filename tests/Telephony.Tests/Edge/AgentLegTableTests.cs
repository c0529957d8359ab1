using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Edge;

namespace CallCenter.Telephony.Tests.Edge;

public sealed class AgentLegTableTests
{
    private static EdgeInput[] Inputs(int device) =>
    [
        new DeviceRings(device), new DeviceAnswered(device), new DeviceRefused(device, 486), new DeviceEnded(device, LegEnd.PartyHungUp),
        new DeviceReoffered(device, Hold: true), new DeviceReoffered(device, Hold: false), new RingTimeout(), new DeviceSilent(), new Drop(),
    ];

    private static (EdgeState State, List<EdgeAction> Actions) Run(int devices, params EdgeInput[] inputs)
    {
        var state = EdgeState.Inviting(devices);
        var all = new List<EdgeAction>();
        foreach (var input in inputs)
        {
            (state, var actions) = AgentLegTable.Apply(state, input);
            all.AddRange(actions);
        }
        return (state, all);
    }

    [Fact]
    public void The_first_device_that_answers_has_the_leg_and_the_others_are_cancelled()
    {
        var (state, actions) = Run(3, new DeviceRings(0), new DeviceRings(1), new DeviceAnswered(1));
        state.Winner.ShouldBe(1);
        actions.ShouldBe([new ReportRinging(), new OpenMedia(1), new EndDevice(0), new EndDevice(2), new ReportTaken()]);
    }

    [Fact]
    public void A_device_that_answers_too_late_is_ended()
    {
        var (_, actions) = Run(2, new DeviceAnswered(0), new DeviceAnswered(1));
        actions[^1].ShouldBe(new EndDevice(1));
        Run(1, new RingTimeout(), new DeviceAnswered(0)).Actions[^1].ShouldBe(new EndDevice(0));
    }

    [Fact]
    public void The_refusal_that_says_most_is_reported_when_all_have_refused()
    {
        var (state, actions) = Run(3, new DeviceRefused(0, 503), new DeviceRefused(1, 603), new DeviceRefused(2, 486));
        state.Phase.ShouldBe(EdgePhase.Over);
        actions.OfType<Report>().ShouldHaveSingleItem().ShouldBe(new ReportFailed(new(LegRefusal.Rejected, 603)));
    }

    [Theory]
    [InlineData(486, LegRefusal.Busy)]
    [InlineData(600, LegRefusal.Busy)]
    [InlineData(603, LegRefusal.Rejected)]
    [InlineData(480, LegRefusal.Unreachable)]
    [InlineData(408, LegRefusal.Unreachable)]
    [InlineData(488, LegRefusal.Failed)]
    public void Statuses_have_their_meaning(int status, LegRefusal refusal) => Refusal.Of(status).Kind.ShouldBe(refusal);

    [Fact]
    public void Ring_timeout_cancels_every_device_and_says_NoAnswer()
    {
        var (_, actions) = Run(2, new DeviceRings(0), new RingTimeout());
        actions.ShouldBe([new ReportRinging(), new EndDevice(0), new EndDevice(1), new CloseLeg(), new ReportFailed(new(LegRefusal.NoAnswer, 408))]);
    }

    [Fact]
    public void A_phone_that_holds_may_be_silent()
    {
        Run(1, new DeviceAnswered(0), new DeviceReoffered(0, true), new DeviceSilent()).State.Phase.ShouldBe(EdgePhase.Up);
        Run(1, new DeviceAnswered(0), new DeviceReoffered(0, true), new DeviceReoffered(0, false), new DeviceSilent())
            .Actions[^1].ShouldBe(new ReportGone(LegEnd.Lost));
    }

    [Fact]
    public void Any_sequence_reports_one_end_and_leaves_no_device_ringing()
    {
        const int seed = 20260302;
        var random = new Random(seed);
        for (var run = 0; run < 5000; run++)
        {
            var state = EdgeState.Inviting(3);
            var reports = new List<Report>();
            var ended = new HashSet<int>();
            var refused = new HashSet<int>();
            for (var step = 0; step < 30; step++)
            {
                var inputs = Inputs(random.Next(3));
                var input = step == 29 ? new Drop() : inputs[random.Next(inputs.Length - (random.Next(5) == 0 ? 0 : 1))];
                if (state.Phase == EdgePhase.Inviting && input is DeviceRefused r)
                {
                    refused.Add(r.Device);
                }
                if (state.Phase == EdgePhase.Inviting && input is DeviceEnded e)
                {
                    refused.Add(e.Device);
                }
                (state, var actions) = AgentLegTable.Apply(state, input);
                reports.AddRange(actions.OfType<Report>());
                ended.UnionWith(actions.OfType<EndDevice>().Select(a => a.Device));
            }
            var context = $"seed {seed}, run {run}";
            state.Phase.ShouldBe(EdgePhase.Over, context);
            reports.Count(r => r is ReportFailed or ReportGone).ShouldBeLessThanOrEqualTo(1, context);
            reports.Count(r => r is ReportTaken).ShouldBeLessThanOrEqualTo(1, context);
            reports.SkipWhile(r => r is not (ReportFailed or ReportGone)).Count().ShouldBeLessThanOrEqualTo(1, context);
            ended.Union(refused).Count().ShouldBe(3, context);
        }
    }

    [Fact]
    public void Every_input_is_defined_in_every_phase()
    {
        foreach (var state in (EdgeState[])
            [EdgeState.Inviting(1), Run(1, new DeviceAnswered(0)).State, Run(1, new DeviceAnswered(0), new DeviceReoffered(0, true)).State, Run(1, new Drop()).State])
        {
            foreach (var input in Inputs(0))
            {
                var (next, actions) = AgentLegTable.Apply(state, input);
                ((int)next.Phase).ShouldBeGreaterThanOrEqualTo((int)state.Phase);
                if (state.Phase == EdgePhase.Over)
                {
                    actions.OfType<Report>().ShouldBeEmpty();
                }
            }
        }
    }
}
