using CallCenter.Tenancy.Users;

namespace CallCenter.Tenancy.Tests;

public sealed class SignInLimiterTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Failures_of_a_user_count_until_the_window_is_over()
    {
        var limiter = new SignInLimiter(_clock);
        for (var i = 0; i < SignInLimiter.ForUser; i++)
        {
            limiter.Begin($"10.0.0.{i}", "ann").ShouldBeNull();
        }
        limiter.Begin("10.0.1.1", "ANN").ShouldBe(SignInLimiter.Window);
        limiter.Begin("10.0.1.1", "bob").ShouldBeNull();
        _clock.Advance(SignInLimiter.Window);
        limiter.Begin("10.0.1.1", "ann").ShouldBeNull();
    }

    [Fact]
    public void Success_does_not_count()
    {
        var limiter = new SignInLimiter(_clock);
        for (var i = 0; i < 1000; i++)
        {
            limiter.Begin("10.0.0.1", $"user{i}").ShouldBeNull();
            limiter.Succeeded("10.0.0.1", $"user{i}");
        }
    }

    [Fact]
    public void An_address_is_limited_over_all_users()
    {
        var limiter = new SignInLimiter(_clock);
        for (var i = 0; i < SignInLimiter.FromAddress; i++)
        {
            limiter.Begin("10.0.0.1", $"user{i}").ShouldBeNull();
        }
        limiter.Begin("10.0.0.1", "another").ShouldNotBeNull();
        limiter.Begin("10.0.0.2", "another").ShouldBeNull();
    }

    [Fact]
    public void A_flood_of_names_does_not_open_the_limit_nor_fill_the_memory()
    {
        var limiter = new SignInLimiter(_clock);
        var refused = Enumerable.Range(0, 20_000).Count(i => limiter.Begin($"a{i}", $"u{i}") is not null);
        refused.ShouldBeGreaterThan(9_000);
    }
}
