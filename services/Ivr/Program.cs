using CallCenter.Hosting;
using CallCenter.Ivr;

var builder = WebApplication.CreateBuilder(args);
builder.AddCallCenterDefaults();
builder.AddIvr();
var app = builder.Build();
app.MapCallCenterDefaults();
app.MapIvr();
await app.RunAsync();
