using System.Globalization;

namespace CallCenter.Desk.Web.Tests;

/// <summary>The built client in a real browser, before a running system with real phones and callers.</summary>
[Trait("needs", "server")]
public sealed class BrowserTests(StageFixture fixture, ITestOutputHelper output)
{
    [Fact]
    public Task An_agent_works_through_a_shift() => Sees("agent");

    [Fact]
    public Task An_agent_talks_in_the_browser() => Sees("phone");

    [Fact]
    public Task An_agent_who_is_cut_off_is_back_on_the_same_call() => Sees("recover");

    [Fact]
    public Task An_agent_consults_shares_and_hands_on_a_caller() => Sees("transfer");

    [Fact]
    public Task A_headset_and_a_hidden_tab() => Sees("headset");

    [Fact]
    public Task A_supervisor_looks_in_on_a_conversation() => Sees("monitor");

    [Fact]
    public Task A_supervisor_follows_the_centre() => Sees("supervisor");

    [Fact]
    public Task A_supervisor_of_a_team_sees_its_agents() => Sees("teams");

    [Fact]
    public Task An_agent_of_several_tenants_sees_the_right_one() => Sees("tenants");

    [Fact]
    public Task Administrators_and_clients_see_what_is_theirs() => Sees("offices");

    [Fact]
    public Task An_administrator_sets_up_queues_and_agents() => Sees("settings");

    [Fact]
    public Task A_lost_link_is_said_and_comes_back() => Sees("link");

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task An_agent_of_several_tenants_sees_the_right_one_in_300_calls() => Sees("tenants", Share("DESK_TURNS", 300));

    [Fact(Explicit = true)]
    [Trait("soak", "recover")]
    public Task An_agent_who_is_cut_off_20_times_each_way_is_back() => Sees("recover", TimeSpan.FromMinutes(60), Share("DESK_RECOVER", 20));

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task The_pop_is_seen_before_the_caller_is_heard_in_30_calls_each_way() => Sees("pop", TimeSpan.FromMinutes(60), Share("DESK_TURNS", 30));

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task A_call_of_an_hour_says_nothing_wrong() => Sees("sound", TimeSpan.FromMinutes(120), Share("DESK_TURNS", 20), Share("DESK_QUIET_SECONDS", 3_600));

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task A_card_is_typed_by_the_caller_and_who_spoke_is_shown() => Sees("card");

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task Limits_and_prices_of_calls_outside() => Sees("limits");

    [Fact(Explicit = true)]
    [Trait("soak", "browser")]
    public Task Between_the_parties_of_a_consult_20_times() => Sees("consult", TimeSpan.FromMinutes(30), Share("DESK_TURNS", 20));

    [Fact(Explicit = true)]
    [Trait("soak", "desk")]
    public Task A_shift_of_400_calls_and_a_wallboard_of_288000_messages_leave_nothing_behind() =>
        Sees("long", TimeSpan.FromHours(3), Share("DESK_CALLS", 400), Share("DESK_MESSAGES", 288_000));

    [Fact(Explicit = true)]
    [Trait("soak", "sleep")]
    public Task A_PC_that_sleeps_for_30_minutes() => Sees("sleep", TimeSpan.FromMinutes(90), Share("DESK_SLEEP_SECONDS", 1_800));

    [Fact(Explicit = true)]
    [Trait("soak", "signalling")]
    public Task Signalling_is_lost_10_times() => Sees("signalling", TimeSpan.FromMinutes(30), Share("DESK_TURNS", 10));

    /// <summary>How many turns a soak takes; its variable may say fewer, for a trial.</summary>
    private static (string, string) Share(string variable, int turns) => (variable, Environment.GetEnvironmentVariable(variable) ?? turns.ToString(CultureInfo.InvariantCulture));

    private Task Sees(string file, params (string, string)[] settings) => Sees(file, TimeSpan.FromMinutes(8), settings);

    private async Task Sees(string file, TimeSpan within, params (string, string)[] settings)
    {
        var stage = await fixture.Get();
        var told = await Npm.Run(["run", "browser", "--", $"browser/{file}.test.ts"], within, output.WriteLine, [("DESK_STAGE", stage.Address.ToString()), .. settings]);
        told.ShouldContain("Test Files");
    }
}
