using CallCenter.Ivr.Flows;

namespace CallCenter.Ivr.Tests.Flows;

public sealed class FlowValidationTests
{
    private static IReadOnlyList<string> Errors(FlowDefinition flow) => FlowValidation.Errors(flow, DemoFlow.Prompts);

    private static FlowDefinition With(string name, FlowStep step) =>
        DemoFlow.Create() with { Steps = new Dictionary<string, FlowStep>(DemoFlow.Create().Steps) { [name] = step } };

    [Fact]
    public void The_demo_flow_is_right() => Errors(DemoFlow.Create()).ShouldBeEmpty();

    [Fact]
    public void Every_error_is_told_at_once()
    {
        var errors = Errors(new FlowDefinition
        {
            Language = "Finnish!",
            Start = "nowhere",
            Steps = new Dictionary<string, FlowStep>
            {
                ["a"] = new(),
                ["b"] = new() { Play = new() { Prompt = Guid.NewGuid(), Next = "gone" } },
                ["c"] = new() { Queue = new() },
                ["-"] = new() { HangUp = new() },
            },
        });
        errors.Select(e => e.Split(':')[0]).ShouldBe(
            ["tenant", "name", "language", "start", "steps.a", "steps.b", "steps.b", "steps.c.queue.queue", "steps.-"]);
    }

    [Fact]
    public void A_step_of_two_kinds_is_refused() =>
        Errors(With("bye", new() { HangUp = new(), Queue = new() { Queue = DemoFlow.Sales } })).ShouldHaveSingleItem().ShouldContain("exactly one");

    [Fact]
    public void A_pause_is_short_and_a_queue_has_music_or_a_tone()
    {
        Errors(With("greeting", new() { Play = new() { Prompt = DemoFlow.Greeting, Next = "menu", PauseMs = 10_001 } })).ShouldHaveSingleItem().ShouldContain("pauseMs");
        Errors(With("sales", new() { Queue = new() { Queue = DemoFlow.Sales, Music = DemoFlow.Music, ComfortTone = true } })).ShouldHaveSingleItem().ShouldContain("not both");
        Errors(With("sales", new() { Queue = new() { Queue = DemoFlow.Sales, Priority = 100 } })).ShouldHaveSingleItem().ShouldContain("1 to 99");
    }

    [Fact]
    public void A_foreign_prompt_is_refused() =>
        Errors(With("bye", new() { HangUp = new() { Prompt = DemoFlow.Tenant } })).ShouldHaveSingleItem().ShouldContain("no prompt");

    [Fact]
    public void A_step_that_nobody_reaches_is_refused() =>
        Errors(With("island", new() { HangUp = new() })).ShouldHaveSingleItem().ShouldContain("no step leads here");

    [Fact]
    public void Hours_must_not_lead_back_on_either_way()
    {
        var hours = DemoFlow.Create().Steps["hours"].Hours!;
        Errors(With("closed", new() { Play = new() { Prompt = DemoFlow.Bye, Next = "hours" } })).ShouldAllBe(e => e.Contains("for ever", StringComparison.Ordinal));
        Errors(With("hours", new() { Hours = hours with { Then = "hours" } })).ShouldContain(e => e.Contains("for ever", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Monday", "08:00", "16:00", "days")]
    [InlineData("Mon", "8:00", "16:00", "HH:mm")]
    [InlineData("Mon", "08:00", "24:01", "HH:mm")]
    [InlineData("Mon", "24:00", "24:00", "HH:mm")]
    [InlineData("Mon", "22:00", "06:00", "HH:mm")]
    [InlineData("Mon", "08:00", "08:00", "HH:mm")]
    public void Hours_have_a_form(string day, string from, string to, string part)
    {
        var hours = DemoFlow.Create().Steps["hours"].Hours!;
        Errors(With("hours", new() { Hours = hours with { Open = [new() { Days = [day], From = from, To = to }] } })).ShouldHaveSingleItem().ShouldContain(part);
        Errors(With("hours", new() { Hours = hours with { Open = [] } })).ShouldHaveSingleItem().ShouldContain("1 to 50");
    }

    [Theory]
    [InlineData(9, "fi", "everySeconds")]
    [InlineData(601, "fi", "everySeconds")]
    [InlineData(30, "sv", "announcements in fi, da, ru, en")]
    public void Announcements_have_limits_and_languages(int seconds, string language, string part)
    {
        var support = DemoFlow.Create().Steps["support"].Queue! with { Announce = new() { EverySeconds = seconds } };
        Errors(With("support", new() { Queue = support }) with { Language = language }).ShouldHaveSingleItem().ShouldContain(part);
    }

    [Fact]
    public void A_silent_caller_must_find_the_way_out()
    {
        var menu = DemoFlow.Create().Steps["menu"].Menu! with { Failed = "greeting" };
        var errors = Errors(With("menu", new() { Menu = menu }));
        errors.Count(e => e.Contains("for ever", StringComparison.Ordinal)).ShouldBe(2);
        errors.ShouldContain(e => e.Contains("no step leads here", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("12", 3, 5, "is not a key")]
    [InlineData("A", 3, 5, "is not a key")]
    [InlineData("1", 0, 5, "attempts")]
    [InlineData("1", 11, 5, "attempts")]
    [InlineData("1", 3, 0, "firstDigitSeconds")]
    [InlineData("1", 3, 61, "firstDigitSeconds")]
    public void Menus_have_limits(string key, int attempts, int seconds, string part)
    {
        var menu = new MenuStep
        {
            Prompt = DemoFlow.Menu,
            Options = new Dictionary<string, string> { [key] = "sales", ["2"] = "support", ["*"] = "message" },
            Attempts = attempts,
            FirstDigitSeconds = seconds,
            Failed = "bye",
        };
        Errors(With("menu", new() { Menu = menu })).ShouldHaveSingleItem().ShouldContain(part);
    }

    [Theory]
    [InlineData(4, 5, "maxSeconds")]
    [InlineData(601, 5, "maxSeconds")]
    [InlineData(60, 0, "silenceSeconds")]
    [InlineData(60, 61, "silenceSeconds")]
    public void Messages_have_limits(int maxSeconds, int silenceSeconds, string part) =>
        Errors(With("message", new() { Voicemail = new() { Prompt = DemoFlow.Leave, MaxSeconds = maxSeconds, SilenceSeconds = silenceSeconds, Next = "bye" } }))
            .ShouldHaveSingleItem().ShouldContain(part);

    [Fact]
    public void A_menu_without_keys_is_refused() =>
        Errors(With("menu", new() { Menu = new() { Prompt = DemoFlow.Menu, Failed = "bye" } })).ShouldContain(e => e.Contains("options", StringComparison.Ordinal));
}
