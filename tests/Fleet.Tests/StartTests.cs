using System.Diagnostics;
using CallCenter.EndToEnd;
using CallCenter.TestKit;
using CallCenter.TestKit.Running;

namespace CallCenter.Fleet.Tests;

/// <summary>The fleet as its keeper sees it: its members, what starts again, and a start after a supervisor that was killed.</summary>
[Trait("needs", "server")]
public sealed class StartTests(CentreFixture fixture)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_service_is_a_process_of_its_own_and_well()
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        await fleet.AllWell(Soon);
        var members = await fleet.Members(memory: true);
        members.Select(m => m.ProcessId).Distinct().Count().ShouldBe(members.Count);
        members.Single(m => m.Name.StartsWith("routing-", StringComparison.Ordinal) && m.State == "stands by").ShouldNotBeNull();
        members.Sum(m => m.Megabytes).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task An_upgraded_member_is_another_process_and_well_again()
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        await fleet.AllWell(Soon);
        var before = (await fleet.Members()).Single(m => m.Name == "crm");
        await fleet.Restart("crm");
        await fleet.AllWell(Soon);
        var after = (await fleet.Members()).Single(m => m.Name == "crm");
        (after.ProcessId == before.ProcessId, after.Restarts).ShouldBe((false, before.Restarts + 1));
    }

    [Fact]
    public async Task The_status_is_told_while_members_end_and_start()
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        await fleet.AllWell(Soon);
        using var over = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 4).Select(_ => Ask()).ToList();
        for (var time = 0; time < 5; time++)
        {
            var before = await Reporting();
            await fleet.Kill("reporting", TimeSpan.Zero);
            await Eventually.Get("it started again", Soon, Reporting, m => m.ProcessId is not null && m.Restarts > before.Restarts);
        }
        await over.CancelAsync();
        (await Task.WhenAll(asking)).Sum().ShouldBeGreaterThan(0);
        await fleet.AllWell(Soon);

        async Task<FleetMember> Reporting() => (await fleet.Members()).Single(m => m.Name == "reporting");

        async Task<int> Ask()
        {
            for (var times = 0; ; times++)
            {
                if (over.IsCancellationRequested)
                {
                    return times;
                }
                await fleet.Members(memory: times % 2 == 0);
            }
        }
    }

    [Fact]
    public async Task The_commands_tell_the_state_and_what_is_wrong()
    {
        var center = await fixture.Center();
        using var fleet = new FleetControl(center);
        await fleet.AllWell(Soon);
        (await Command(center, "status")).ShouldSatisfyAllConditions(
            said => said.Code.ShouldBe(0, said.Text), said => said.Text.ShouldContain("routing-2"), said => said.Text.ShouldContain("stands by"));
        (await Command(center, "kill", "nobody")).ShouldSatisfyAllConditions(said => said.Code.ShouldBe(1), said => said.Text.ShouldContain("there is no 'nobody' in the fleet"));
    }

    [Fact]
    public async Task What_a_killed_supervisor_left_is_stopped_before_the_next_start()
    {
        await using var center = await RunningCenter.Start(Shape.Fleet, "Demo:Load=false");
        using var fleet = new FleetControl(center);
        var left = (await fleet.Members()).Where(m => m.ProcessId is not null).Select(m => m.ProcessId!.Value).ToList();
        await center.Kill();
        left.ShouldAllBe(id => Directory.Exists($"/proc/{id}"));

        await center.Start();
        left.Where(id => Directory.Exists($"/proc/{id}")).ShouldBeEmpty();
        await fleet.AllWell(Soon);
    }

    private static async Task<(int Code, string Text)> Command(RunningCenter center, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(Source.ApplicationOf(Shape.Fleet), [.. words, "--data", center.Data]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
