// The sample image, assets/still-life.png: things that ImageNet has names for, on a table by a window.
// It needs no include files. With POV-Ray 3.7 and Pillow, from the repository's root (about two minutes on one core):
//
//   povray -D +WT1 +W800 +H600 +A0.1 +AM2 +R2 +FN8 +Iscripts/sample/still-life.pov +Oassets/still-life.png
//   python -c "from PIL import Image; f = 'assets/still-life.png'; Image.open(f).save(f, optimize=True)"
//
// The second line drops the date that POV-Ray writes, so that the same scene gives the same file.
//
// Units: 1 is about 3 cm. x to the right, y up, z away from the viewer. The table's top is y = 0.

#version 3.7;

global_settings {
  assumed_gamma 1
  max_trace_level 8
  radiosity {
    pretrace_start 0.08
    pretrace_end 0.01
    count 70
    nearest_count 14
    error_bound 0.7
    recursion_limit 1
    low_error_factor 0.6
    gray_threshold 0.1
    minimum_reuse 0.015
    brightness 1
  }
}

#declare Seed = seed(11);
#macro Srgb(Red, Green, Blue) color srgb <Red, Green, Blue> / 255 #end

// Camera and light: a warm sun through a window on the left, the cool room from the right.

camera {
  location <0.6, 7.4, -17>
  look_at <0.5, 3.2, 0>
  right x * 4 / 3
  up y
  angle 43.5
}

#declare Sun = <-17, 17, -11>;

light_source {
  Sun
  color rgb <1, 0.9, 0.74> * 1.85
  area_light <1.1, 0, 0>, <0, 1.1, 0>, 8, 8
  circular orient
}

light_source { <18, 12, -14> color rgb <0.55, 0.7, 1> * 0.16 shadowless }

sky_sphere { pigment { color rgb <0.66, 0.69, 0.78> * 0.72 } }

// The window's bars, out of sight: only their shadows are seen.
#macro Bar(Left, Bottom, Right, Top) box { <Left, Bottom, -0.05>, <Right, Top, 0.05> } #end
#declare Window = union {
  Bar(-5, -4, -2.6, 4) // the frame's left, right, bottom and top
  Bar(2.6, -4, 9, 4)
  Bar(-5, -4, 5, -2.7)
  Bar(-5, 2.6, 5, 7)
  Bar(-0.15, -4, 0.15, 4)
  Bar(-5, -0.15, 5, 0.15)
  no_image no_reflection
  pigment { color rgb 0.2 }
}

// Surfaces

#declare Glaze = finish { diffuse 0.75 specular 0.55 roughness 0.004 reflection { 0.015, 0.16 fresnel on } conserve_energy }
#declare Waxy = finish { diffuse 0.8 specular 0.28 roughness 0.025 }
#declare Matte = finish { diffuse 0.85 }

#declare WoodGrain = pigment {
  wood turbulence 0.06 octaves 4 lambda 2.4 omega 0.45
  color_map {
    [0.00 Srgb(150, 98, 56)]
    [0.35 Srgb(168, 113, 67)]
    [0.62 Srgb(138, 87, 48)]
    [0.80 Srgb(112, 68, 36)]
    [1.00 Srgb(158, 104, 60)]
  }
  scale 0.55
}

#macro Plank(Index)
  box {
    <-16, -0.5, 0.02>, <16, 0, 2.18>
    texture {
      pigment {
        WoodGrain
        rotate <rand(Seed) * 3, 90 + rand(Seed) * 2, 0>
        scale <2.5, 1, 1>
        translate <rand(Seed) * 40, rand(Seed) * 3 - 2.2, rand(Seed) * 3>
      }
      normal { wood 0.08 turbulence 0.06 scale <5, 0.3, 0.3> rotate y * 90 }
      finish { diffuse 0.8 * (0.88 + rand(Seed) * 0.2) specular 0.2 roughness 0.04 reflection { 0.0, 0.06 fresnel on } conserve_energy }
    }
    interior { ior 1.4 }
    translate z * Index * 2.2
  }
#end

union {
  #for (Index, -5, 3)
    Plank(Index)
  #end
}

box { <-16, -1.2, -11>, <16, -0.06, 8.78> pigment { Srgb(70, 42, 22) } finish { Matte } }

// The wall behind, limewashed.
plane {
  -z, -10
  pigment {
    bumps turbulence 0.6 octaves 5
    color_map { [0.2 Srgb(136, 160, 152)] [0.8 Srgb(150, 173, 164)] }
    scale 1.6
  }
  finish { Matte }
}

// A gingham cloth: a mesh, flat in the middle where things stand, in soft folds towards its hem.

#declare ClothHalf = 5.6;
#declare Steps = 110;
#declare Fold = function(x, z) {
  pow(min(1, max(0, (max(abs(x), abs(z)) - 3.3) / 2.3)), 1.5)
  * (0.17 + 0.13 * sin(x * 1.9 + sin(z * 0.8)) * sin(z * 1.6 + 0.7 * sin(x * 0.9)) + 0.05 * sin(x * 3.7 + z * 2.9))
}
#macro ClothPoint(U, V) <U, 0.03 + Fold(U, V), V> #end
#macro ClothNormal(U, V) vnormalize(<Fold(U - 0.02, V) - Fold(U + 0.02, V), 0.04, Fold(U, V - 0.02) - Fold(U, V + 0.02)>) #end

#declare Stripe = color_map {
  [0.00 Srgb(38, 78, 140)] [0.50 Srgb(38, 78, 140)] [0.50 Srgb(244, 239, 228)] [1.00 Srgb(244, 239, 228)]
}

mesh {
  #declare Step = 2 * ClothHalf / Steps;
  #for (I, 0, Steps - 1)
    #for (J, 0, Steps - 1)
      #local U = I * Step - ClothHalf;
      #local V = J * Step - ClothHalf;
      smooth_triangle {
        ClothPoint(U, V), ClothNormal(U, V), ClothPoint(U + Step, V), ClothNormal(U + Step, V),
        ClothPoint(U, V + Step), ClothNormal(U, V + Step)
      }
      smooth_triangle {
        ClothPoint(U + Step, V), ClothNormal(U + Step, V), ClothPoint(U, V + Step), ClothNormal(U, V + Step),
        ClothPoint(U + Step, V + Step), ClothNormal(U + Step, V + Step)
      }
    #end
  #end
  texture {
    pigment {
      average
      pigment_map {
        [1 gradient x color_map { Stripe } scale 0.8]
        [1 gradient z color_map { Stripe } scale 0.8]
      }
    }
    normal { average normal_map { [1 gradient x 0.25 scale 0.05] [1 gradient z 0.25 scale 0.05] } }
    finish { diffuse 0.85 }
  }
  rotate y * 24
  translate <0.5, 0, -0.6>
}

// Fruit and vegetables, each standing on y = 0 around the y axis.

#declare Orange = union {
  sphere {
    0, 1.2
    scale <1.03, 0.97, 1.03>
    pigment { bumps color_map { [0.3 Srgb(247, 140, 24)] [0.8 Srgb(240, 120, 14)] } scale 0.8 }
    normal { bumps -0.22 scale 0.065 }
    finish { Waxy }
  }
  sphere { 0, 0.11 scale <1, 0.5, 1> translate y * 1.15 pigment { Srgb(92, 112, 46) } finish { Matte } }
  translate y * 1.16
}

// The cut face is the xz plane, looking up.
#declare Segments = pigment {
  radial frequency 10
  color_map {
    [0.00 Srgb(253, 226, 150)] [0.05 Srgb(253, 214, 128)] [0.12 Srgb(247, 150, 34)]
    [0.50 Srgb(250, 168, 52)] [0.88 Srgb(246, 146, 30)] [0.95 Srgb(253, 214, 128)] [1.00 Srgb(253, 226, 150)]
  }
  turbulence 0.02
}
#declare HalfOrange = union {
  difference {
    sphere { 0, 1.2 }
    plane { -y, 0 }
    pigment { Srgb(245, 134, 20) }
    normal { bumps -0.22 scale 0.065 }
    finish { Waxy }
  }
  cylinder {
    0, y * 0.004, 1.195
    texture {
      pigment {
        cylindrical
        pigment_map {
          [0.000 Srgb(245, 140, 24)] [0.035 Srgb(250, 176, 80)] [0.05 Srgb(255, 243, 214)] [0.12 Srgb(254, 236, 196)]
          [0.135 Segments] [0.89 Segments] [0.92 Srgb(254, 232, 180)] [1.0 Srgb(254, 236, 196)]
        }
        scale 1.2
      }
      normal { bumps 0.25 scale <0.05, 0.05, 0.05> }
      finish { diffuse 0.85 specular 0.5 roughness 0.015 }
    }
  }
}

#declare Lemon = lathe {
  cubic_spline 12,
  <-0.1, -1.33>, <0, -1.32>, <0.17, -1.24>, <0.32, -1.08>, <0.62, -0.82>, <0.86, -0.35>,
  <0.88, 0.2>, <0.66, 0.75>, <0.36, 1.05>, <0.2, 1.18>, <0, 1.24>, <-0.2, 1.2>
  pigment { bumps color_map { [0.2 Srgb(252, 222, 54)] [0.9 Srgb(244, 204, 30)] } scale 0.7 }
  normal { bumps -0.2 scale 0.075 }
  finish { Waxy }
}

#declare Apple = union {
  lathe {
    cubic_spline 13,
    <-0.3, -0.8>, <0, -0.86>, <0.24, -0.98>, <0.5, -1.0>, <0.9, -0.62>, <1.16, 0.02>, <1.14, 0.5>, <0.86, 0.92>,
    <0.52, 1.02>, <0.26, 0.9>, <0.1, 0.7>, <0, 0.64>, <-0.1, 0.7>
    texture {
      pigment { bumps turbulence 0.3 color_map { [0.2 Srgb(150, 190, 52)] [0.9 Srgb(126, 172, 40)] } scale 0.7 }
      finish { diffuse 0.8 specular 0.45 roughness 0.012 reflection { 0.0, 0.08 fresnel on } conserve_energy }
    }
    texture {
      pigment { crackle form <1, 0, 0> color_map { [0.0 Srgb(206, 222, 130)] [0.06 Srgb(206, 222, 130) transmit 0.4] [0.11 rgbt 1] [1 rgbt 1] } scale 0.16 }
      finish { diffuse 0.8 }
    }
    interior { ior 1.4 }
  }
  sphere_sweep {
    b_spline 5, <0, 0.4, 0>, 0.05, <0, 0.65, 0>, 0.05, <0.04, 0.95, 0>, 0.045, <0.14, 1.25, 0.03>, 0.06, <0.3, 1.5, 0.05>, 0.09
    pigment { Srgb(96, 66, 36) } finish { Matte }
  }
  translate y * 1.0
}

#declare PepperSkin = texture {
  pigment { bumps color_map { [0.2 Srgb(196, 22, 20)] [0.9 Srgb(172, 12, 16)] } scale 0.9 }
  finish { diffuse 0.75 specular 0.8 roughness 0.006 reflection { 0.01, 0.2 fresnel on } conserve_energy }
}
#declare Pepper = union {
  blob {
    threshold 0.5
    #for (Lobe, 0, 3)
      sphere { 0, 1.0, 1 scale <1.0, 1.75, 1.0> translate <0.55, 1.25, 0> rotate y * (Lobe * 90 + 20 + 9 * sin(Lobe * 5)) }
      sphere { 0, 0.8, 0.7 translate <0.62, 1.95, 0> rotate y * (Lobe * 90 + 20 + 9 * sin(Lobe * 5)) }
    #end
    cylinder { <0, 2.2, 0>, <0, 3.1, 0>, 0.5, -1.2 }
    texture { PepperSkin }
    interior { ior 1.45 }
  }
  union {
    sphere { 0, 0.42 scale <1, 0.3, 1> translate y * 2.2 }
    sphere_sweep {
      b_spline 5, <0, 1.9, 0>, 0.2, <0, 2.2, 0>, 0.2, <0.03, 2.6, 0>, 0.14, <0.2, 2.95, 0.05>, 0.15, <0.5, 3.2, 0.1>, 0.2
    }
    pigment { bumps color_map { [0.2 Srgb(92, 138, 50)] [0.9 Srgb(70, 112, 38)] } scale <0.1, 0.6, 0.1> }
    finish { Waxy }
  }
}

#declare Banana = sphere_sweep {
  cubic_spline 9,
  <-2.75, 1.25, 0>, 0.1, <-2.45, 0.92, 0>, 0.13, <-2.2, 0.62, 0>, 0.27, <-1.5, 0.14, 0>, 0.48,
  <-0.5, -0.16, 0>, 0.55, <0.6, -0.12, 0>, 0.54, <1.5, 0.3, 0>, 0.45,
  <2.1, 0.85, 0>, 0.2, <2.3, 1.1, 0>, 0.12
  tolerance 0.001
  texture {
    pigment {
      gradient x
      color_map {
        [0.00 Srgb(86, 70, 32)] [0.04 Srgb(150, 150, 56)] [0.12 Srgb(244, 206, 60)]
        [0.86 Srgb(248, 208, 58)] [0.95 Srgb(176, 160, 60)] [0.985 Srgb(74, 54, 30)] [1.00 Srgb(60, 44, 26)]
      }
      scale 5.1 translate x * -2.77
    }
    normal { gradient y 0.06 scale <1, 0.5, 1> }
    finish { Waxy }
  }
  texture {
    pigment { bozo color_map { [0.0 Srgb(110, 70, 26)] [0.2 Srgb(110, 70, 26) transmit 0.6] [0.24 rgbt 1] [1 rgbt 1] } scale <0.3, 0.09, 0.12> }
    finish { diffuse 0.8 }
  }
}

// A strawberry's radius at height Y of 0..1.3, and its seeds on a golden-angle spiral upon it.
#declare BerryRadius = function(Y) { 0.62 * pow(sin(pi * pow(min(1, max(0, Y / 1.3)), 0.66)), 0.8) }
#declare Strawberry = union {
  lathe {
    cubic_spline 27, <-BerryRadius(0.05), 0.05>,
    #for (N, 0, 24) <BerryRadius(1.3 * N / 24), 1.3 * N / 24>, #end
    <-BerryRadius(1.25), 1.25>
    pigment { gradient y color_map { [0.0 Srgb(172, 10, 16)] [0.75 Srgb(206, 20, 22)] [1.0 Srgb(230, 110, 84)] } scale 1.32 }
    normal { bumps 0.15 scale 0.1 }
    finish { diffuse 0.8 specular 0.6 roughness 0.012 }
  }
  #for (N, 3, 62)
    #local Y = 0.05 + 1.1 * N / 64;
    sphere {
      0, 0.036 scale <0.5, 1.25, 0.8> translate <BerryRadius(Y), Y, 0> rotate y * N * 137.5
      pigment { Srgb(238, 190, 84) } finish { Waxy }
    }
  #end
  #for (Sepal, 0, 6)
    sphere {
      0, 0.36 scale <1, 0.09, 0.36> translate x * 0.32 rotate z * (12 + 10 * mod(Sepal, 2)) rotate y * (Sepal * 51 + 7)
      translate y * 1.22 pigment { Srgb(84, 136, 44) } finish { Matte }
    }
  #end
  cylinder { y * 1.2, <0.08, 1.6, 0>, 0.045 pigment { Srgb(104, 142, 60) } finish { Matte } }
}

// Crockery

#declare Porcelain = texture { pigment { Srgb(243, 239, 230) } finish { Glaze } }
#declare CupGlaze = texture {
  pigment {
    gradient y
    color_map {
      [0.00 Srgb(243, 239, 230)] [0.30 Srgb(243, 239, 230)] [0.30 Srgb(198, 62, 40)] [0.62 Srgb(198, 62, 40)]
      [0.62 Srgb(243, 239, 230)] [0.68 Srgb(243, 239, 230)] [0.68 Srgb(198, 62, 40)] [0.73 Srgb(198, 62, 40)]
      [0.73 Srgb(243, 239, 230)] [1.00 Srgb(243, 239, 230)]
    }
    scale 2
  }
  finish { Glaze }
}

#declare Cup = union {
  difference {
    lathe {
      cubic_spline 9,
      <-0.3, 0.0>, <0, 0.0>, <0.72, 0.0>, <0.8, 0.12>, <1.1, 0.6>, <1.28, 1.3>, <1.32, 1.9>, <0, 1.9>, <-0.5, 1.9>
    }
    lathe {
      cubic_spline 8,
      <-0.3, 0.2>, <0, 0.2>, <0.62, 0.22>, <0.98, 0.62>, <1.18, 1.3>, <1.23, 1.95>, <0, 2.0>, <-0.5, 2.0>
    }
    texture { CupGlaze }
    interior { ior 1.5 }
  }
  torus { 1.275, 0.05 translate y * 1.9 texture { Porcelain } interior { ior 1.5 } }
  sphere_sweep {
    b_spline 7,
    <0.7, 1.9, 0>, 0.13, <1.15, 1.62, 0>, 0.14, <1.72, 1.62, 0>, 0.13, <1.98, 1.15, 0>, 0.12, <1.62, 0.7, 0>, 0.12, <1.05, 0.6, 0>, 0.14, <0.7, 0.5, 0>, 0.14
    texture { Porcelain }
    interior { ior 1.5 }
  }
  // Espresso with its crema.
  cylinder {
    y * 1.5, y * 1.55, 1.19
    pigment {
      cylindrical turbulence 0.12 octaves 3
      color_map { [0.0 Srgb(178, 118, 58)] [0.12 Srgb(160, 98, 44)] [0.3 Srgb(112, 62, 26)] [0.55 Srgb(76, 40, 18)] [1.0 Srgb(62, 32, 14)] }
      scale 1.2
    }
    finish { diffuse 0.8 specular 0.4 roughness 0.01 reflection { 0.02, 0.25 fresnel on } }
    interior { ior 1.33 }
  }
}

#declare Saucer = union {
  lathe {
    cubic_spline 12,
    <-0.4, 0.1>, <0, 0.1>, <0.9, 0.1>, <1.3, 0.16>, <1.9, 0.3>, <2.3, 0.44>, <2.34, 0.5>, <2.26, 0.5>, <1.8, 0.37>, <1.2, 0.22>, <0, 0.17>, <-0.4, 0.17>
    pigment {
      cylindrical
      color_map {
        [0.0 Srgb(243, 239, 230)] [0.06 Srgb(243, 239, 230)] [0.06 Srgb(198, 62, 40)] [0.13 Srgb(198, 62, 40)] [0.13 Srgb(243, 239, 230)] [1 Srgb(243, 239, 230)]
      }
      scale <2.4, 1, 2.4>
    }
    finish { Glaze }
    interior { ior 1.5 }
  }
  cylinder { 0, y * 0.12, 0.95 texture { Porcelain } }
}

#declare Steel = texture {
  pigment { color rgb 0.55 }
  finish { diffuse 0.25 specular 0.9 roughness 0.006 metallic reflection { 0.5 metallic } }
}
#declare Spoon = union {
  difference {
    sphere { 0, 0.42 scale <1.5, 0.42, 1> }
    sphere { 0, 0.40 scale <1.5, 0.42, 1> translate y * 0.045 }
    plane { -y, -0.05 }
  }
  sphere_sweep {
    b_spline 6, <0.2, -0.05, 0>, 0.06, <0.6, 0.0, 0>, 0.065, <1.1, 0.2, 0>, 0.06, <2.1, 0.26, 0>, 0.06, <2.9, 0.16, 0>, 0.1, <3.2, 0.1, 0>, 0.1
    scale <1, 0.7, 1.3>
  }
  texture { Steel }
}

#declare VaseGlaze = texture {
  pigment {
    gradient y turbulence <0.05, 0.03, 0.05> octaves 3
    color_map {
      [0.00 Srgb(196, 168, 128)] [0.12 Srgb(196, 168, 128)] [0.14 Srgb(24, 92, 104)] [0.55 Srgb(34, 122, 128)]
      [0.74 Srgb(70, 164, 158)] [0.79 Srgb(232, 226, 206)] [1.00 Srgb(240, 234, 216)]
    }
    scale 4.6
  }
  normal { gradient y 0.12 sine_wave scale <1, 0.16, 1> }
  finish { Glaze }
}
#declare Vase = difference {
  lathe {
    cubic_spline 11,
    <-0.4, 0>, <0, 0>, <0.85, 0>, <1.05, 0.2>, <1.55, 1.3>, <1.5, 2.3>, <0.95, 3.3>, <0.72, 3.9>, <0.98, 4.5>, <0, 4.5>, <-0.4, 4.5>
  }
  lathe {
    cubic_spline 9,
    <-0.4, 0.3>, <0, 0.3>, <0.8, 0.3>, <1.4, 1.4>, <1.34, 2.3>, <0.82, 3.3>, <0.6, 3.9>, <0.9, 4.6>, <0, 4.7>
  }
  texture { VaseGlaze }
  interior { ior 1.5 }
}

// A daisy faces up the y axis, its stem's end at the origin.
#macro Daisy(Petals)
  union {
    #for (P, 0, Petals - 1)
      sphere {
        0, 0.42 scale <1, 0.1, 0.3> translate x * 0.55
        rotate z * (6 + 9 * rand(Seed)) rotate x * (rand(Seed) - 0.5) * 16 rotate y * (P * 360 / Petals + 5 * rand(Seed))
        pigment { Srgb(240, 237, 228) } finish { diffuse 0.8 }
      }
    #end
    sphere {
      0, 0.3 scale <1, 0.5, 1>
      pigment { Srgb(246, 186, 30) } normal { bumps 0.9 scale 0.05 } finish { Matte }
    }
  }
#end
#macro FlowerStem(Tip, Tilt, Turn, Petals)
  union {
    object { Daisy(Petals) rotate x * Tilt rotate y * Turn translate Tip }
    sphere_sweep {
      b_spline 5,
      <0, 1, 0>, 0.06, <Tip.x * 0.1, 3, Tip.z * 0.1>, 0.06, <Tip.x * 0.45, Tip.y * 0.78, Tip.z * 0.45>, 0.055, Tip - y * 0.06, 0.055, Tip + y * 0.4, 0.05
      pigment { Srgb(88, 128, 52) } finish { Matte }
    }
  }
#end
#macro Leaf(Length, Lift, Turn)
  intersection {
    sphere { <0, 0, 0.55>, 1 }
    sphere { <0, 0, -0.55>, 1 }
    cylinder { <0, -1.1, -2>, <0, -1.1, 2>, 1.15 }
    cylinder { <0, -1.1, -2>, <0, -1.1, 2>, 1.12 inverse }
    pigment { gradient z color_map { [0 Srgb(78, 124, 50)] [0.03 Srgb(128, 162, 80)] [0.06 Srgb(74, 120, 48)] [1 Srgb(64, 108, 44)] } translate z * -0.03 }
    finish { diffuse 0.8 specular 0.15 roughness 0.05 }
    translate x * 0.8
    scale <Length, 1, 0.8>
    rotate z * Lift rotate y * Turn
  }
#end

#declare Bouquet = union {
  object { Vase }
  FlowerStem(<-1.25, 6.7, -0.4>, -38, 55, 17)
  FlowerStem(<0.15, 7.35, -0.2>, -46, -4, 19)
  FlowerStem(<1.3, 6.5, -0.6>, -52, -34, 17)
  FlowerStem(<0.1, 6.0, -1.0>, -66, 6, 18)
  FlowerStem(<-0.65, 5.5, -0.8>, -70, 30, 16)
  object { Leaf(1.1, 35, 200) translate <-0.3, 4.5, 0> }
  object { Leaf(1.2, 28, 20) translate <0.3, 4.5, 0> }
  object { Leaf(0.9, 50, 100) translate <0, 4.6, 0.1> }
  object { Leaf(0.9, 20, -60) translate <0.1, 4.5, -0.2> }
}

// A wall clock

#declare Clock = union {
  torus { 1.62, 0.16 rotate x * 90 texture { pigment { WoodGrain scale 0.8 } finish { Waxy } } }
  cylinder { <0, 0, 0>, <0, 0, 0.1>, 1.62 pigment { Srgb(246, 240, 224) } finish { Matte } }
  #for (Hour, 1, 12)
    box {
      <-0.045, 1.12, -0.02>, <0.045, 1.42, 0> scale <1 + 0.6 * (mod(Hour, 3) = 0), 1, 1>
      rotate z * -Hour * 30 pigment { Srgb(40, 36, 34) }
    }
  #end
  box { <-0.06, -0.2, -0.06>, <0.06, 0.85, -0.03> rotate z * -305 pigment { Srgb(34, 30, 30) } }
  box { <-0.04, -0.25, -0.09>, <0.04, 1.25, -0.06> rotate z * -54 pigment { Srgb(34, 30, 30) } }
  cylinder { <0, 0, -0.12>, <0, 0, 0>, 0.1 pigment { Srgb(176, 54, 36) } }
}

// A closed book lies on y = 0, its spine at -x.
#macro Book(Red, Green, Blue, Thickness, Width, Depth)
  union {
    box { <0, 0, -Depth>, <Width, 0.07, Depth> }
    box { <0, Thickness - 0.07, -Depth>, <Width, Thickness, Depth> }
    cylinder { -z * Depth, z * Depth, Thickness / 2 scale <0.4, 1, 1> translate y * Thickness / 2 }
    pigment {
      gradient z
      color_map {
        [0.00 Srgb(Red, Green, Blue)] [0.17 Srgb(Red, Green, Blue)] [0.17 Srgb(214, 172, 84)] [0.185 Srgb(214, 172, 84)]
        [0.185 Srgb(Red, Green, Blue)] [0.815 Srgb(Red, Green, Blue)] [0.815 Srgb(214, 172, 84)] [0.83 Srgb(214, 172, 84)]
        [0.83 Srgb(Red, Green, Blue)] [1.00 Srgb(Red, Green, Blue)]
      }
      scale Depth * 2.002 translate -z * Depth * 1.001
    }
    finish { diffuse 0.8 specular 0.15 roughness 0.05 }
  }
  box {
    <0, 0.07, -Depth + 0.07>, <Width - 0.08, Thickness - 0.07, Depth - 0.07>
    pigment { gradient y color_map { [0 Srgb(240, 230, 206)] [0.6 Srgb(230, 218, 190)] [1 Srgb(196, 182, 150)] } scale 0.06 }
    finish { Matte }
  }
#end

// The arrangement

object { Window translate <-3.4, 8.9, 5.6> }
object { Clock translate <4.6, 6.5, 9.85> }

object { Bouquet translate <-3.2, 0.03, 2.3> }
object { Saucer translate <-1.55, 0.03, -2.0> }
object { Cup rotate y * 28 translate <-1.55, 0.2, -2.0> }
object { Spoon scale 0.8 rotate y * 38 rotate x * 4 translate <-2.55, 0.55, -3.3> }

union { Book(44, 66, 104, 0.72, 3.0, 2.2) translate -x * 1.5 rotate y * -104 translate <4.2, 0.03, 3.0> }
union { Book(150, 48, 36, 0.55, 2.7, 1.9) translate -x * 1.35 rotate y * -78 translate <4.3, 0.75, 3.0> }
object { Apple rotate <4, 20, -6> translate <3.7, 1.32, 2.9> }
object { Pepper rotate y * 10 translate <0.7, 0.03, 2.2> }

object { Orange rotate <14, 30, -10> translate <1.45, 0.03, 0.2> }
object { HalfOrange rotate x * -62 rotate y * -16 translate <3.3, 0.86, -1.5> }
object { Lemon rotate z * 90 rotate y * 28 translate <1.15, 0.88, -2.9> }
object { Banana rotate x * 62 rotate y * -16 translate <5.1, 0.58, 0.4> }

object { Strawberry rotate x * -98 rotate y * 38 translate <4.5, 0.56, -2.4> }
object { Strawberry scale 0.9 rotate x * -100 rotate y * -42 translate <5.5, 0.52, -1.5> }
object { Strawberry scale 0.95 rotate x * -96 rotate y * 150 translate <2.9, 0.54, -3.9> }
